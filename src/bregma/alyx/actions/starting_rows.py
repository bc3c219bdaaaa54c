"""Rows every installation starts with: procedure, water and cull types, with the keys that clients of Alyx know."""

PROCEDURE_TYPES: tuple[tuple[str, str], ...] = (
    ("a08a5fa9-43bb-4863-a1a4-eb50efb41764", "Alteration of light-dark cycle"),
    ("cdbc2888-064c-4bff-a75f-42123f5073cb", "Behavior training/tasks"),
    ("cf2a776b-08f6-4c6d-8f30-2d8fe53c85bd", "Brain lesion"),
    ("f573f844-4fa5-4c00-8fcd-61369950f2dc", "Cannula implant"),
    ("62d6ba80-d195-40b8-9823-4f2613ed79d1", "Clear skull cap"),
    ("10177705-b3cd-4f25-9843-ab45b43f06a8", "Corrective procedure"),
    ("78acc069-12d2-4e03-b7ba-febb2580ea7e", "Coverslip implant"),
    ("b252a6a1-d659-4e76-a971-2c526a5e4522", "Coverslip replacement"),
    ("69e40e0b-1567-4d41-9bd4-7af87baa5d20", "Craniotomy"),
    ("4c8b77c4-b30d-4db7-bc42-440a114f551c", "Ephys recording with acute probe(s)"),
    ("28011bea-a06a-4991-99c3-4ccd1f25886a", "Ephys recording with chronic probe(s)"),
    ("a00737fa-7ec1-48c1-ad7c-08529712adcb", "Fiber photometry"),
    ("73da8c37-b206-4726-a66b-ed8b965d2bb0", "fUSi window"),
    ("e55c9ca1-3208-4b81-936f-75c0cf6e9565", "handling_habituation"),
    ("f04ab3c9-0720-4f20-8d2c-3ecdbc5480ed", "Head-fixation only"),
    ("7df34087-64a2-4846-a6ff-0a8390b3c0a4", "Headplate implant"),
    ("ecc88a87-684f-442b-bfb6-bb8574c2f70e", "Histology"),
    ("7ab9173c-43e2-4098-abf9-07da3293834d", "Imaging"),
    ("84e4f594-b17d-4bf0-8be2-473854f25865", "Injection of dye - intracranial"),
    ("9e112a4e-fc67-4207-9901-4c4775f06c95", "injection of dye - sub cutaneous"),
    ("de9d0be9-c5fb-4e77-8965-c0a21e3dcd7c", "Injection of dye - tail vein"),
    ("8589ac57-6fa7-4d46-937d-62722093193a", "Intraocular injection"),
    ("cab62690-25b3-4505-b9b9-74399b34934e", "Neuromics"),
    ("88a8f0e0-a5b8-4d6f-95b1-8e0ff167ce41", "Optical stimulation"),
    ("9fc26524-fc94-4726-91df-344b71ab1f70", "Optical-fiber implant"),
    ("96f5b597-34cd-4d85-a458-dec646a59a63", "Perfusion"),
    ("a979ab2d-c24d-4f96-9d11-5fa9acfdfd96", "Secondary craniotomy/durotomy"),
    ("f44f1bf7-077f-48ba-b3e1-c689f2d33c27", "Single-cell electroporation"),
    ("81e3b399-51dc-420d-90d9-2f88b56c1a6e", "Skull thinning"),
    ("ebd63d29-1d7d-41a4-8ee9-ea15698d7323", "Tail Vein Injection"),
    ("2738d532-4009-41b0-9c89-c1b687e18541", "UV cement"),
    ("c21f04b8-3b04-4558-879c-d14463bcc9bb", "Virus injection"),
    ("2336efe0-3dc6-4e17-991d-8b5a0cb099ac", "Water restriction"),
)

WATER_TYPES: tuple[tuple[str, str], ...] = (
    ("c68ed3b4-8a3d-47e2-a010-de7b9c027439", "Hydrogel"),
    ("511feb0c-cc35-4c42-a7b9-db704833ef16", "Hydrogel 5% Citric Acid"),
    ("2127f637-0770-4639-8c22-3d73a94eecc3", "Water"),
    ("dba3e45a-fb95-4a6d-9140-2b704c5b300e", "Water 1% Citric Acid"),
    ("5267f912-8abf-470f-8593-40a02c35bd60", "Water 10% Sucrose"),
    ("31043cd4-7351-4aff-b69e-34a50b69cc75", "Water 15% Sucrose"),
    ("c1135c08-ef13-4dea-a0ea-3f88877eebd1", "Water 2% Citric Acid"),
)

CULL_REASONS: tuple[tuple[str, str], ...] = (
    ("1ca73836-6a5c-4939-93a6-75c7fdb0a3e3", "acute injury"),
    ("f997bdad-3fb4-400a-85fa-0fa8463f2227", "benign experimental impediments"),
    ("0d8d52d8-e989-4193-9c33-8c997271e02f", "infection or illness"),
    ("f235d64a-cca1-490d-b741-2cc6cceba53b", "issue during surgery"),
    ("13ed7ed6-734d-470d-81ad-f51f2f6baee5", "regular experiment end"),
    ("f450fb3f-d9cf-4e81-ba6a-1bde38aaaf6d", "time limit reached"),
    ("4bae1398-4beb-4399-b5fc-d7ffb6fdd261", "underweight"),
)

CULL_METHODS: tuple[tuple[str, str], ...] = (
    ("01a5a8d8-a233-48e2-b2a7-ac0580034ac8", "Cervical Dislocation"),
    ("13407b51-a6ba-4176-9dea-b852741f8eb4", "CO2"),
    ("a10c2b09-f52a-4a11-8333-f95cb2ee478f", "Concussion of the Brain"),
    ("6988037c-4c9e-46a4-94f7-e2509741089e", "Cooling"),
    ("4e166f8c-6c22-4b7a-8dd3-d8b810d02981", "Decapitation"),
    ("0694060a-1797-4529-8e59-5f39423866f3", "Overdose"),
)
