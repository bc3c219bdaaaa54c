"""Rows every installation starts with: makes of cages, enrichment and food, with the keys of Alyx."""

CAGE_TYPES: tuple[tuple[str, str], ...] = (
    ("cc4ad0ee-2a66-4612-a277-3f4659c74128", "Allentown"),
    ("0de47422-624b-4d29-9051-8a8a1e5aaceb", "GM500"),
    ("630f19e7-d87e-45ad-8954-b2663d3839fe", "IVC"),
    ("16261ee8-a2df-4c35-9c0d-dd4cf66e3be5", "Micro-Isolator"),
)

ENRICHMENTS: tuple[tuple[str, str], ...] = (
    ("d06c1f89-46b4-4dd9-8c0e-8ca1782095a5", "Cardboard tunnel"),
    ("51fd5a81-d08c-4dae-9075-1b66d9996725", "Geometric object <5cm"),
    ("0dc9ef0b-2f4b-40a6-a2b0-59f1990fa8fc", "House"),
    ("3cc8b8c8-634b-4811-984f-65989846e910", "Nesting"),
    ("535c8de9-feb0-44b8-871e-2a4e0866d3c5", "Wheel"),
)

FOODS: tuple[tuple[str, str], ...] = (
    ("8b4cfefa-36dc-4d2d-9994-08d5c2a75008", "Envigo 2018"),
    ("775b40e5-83a9-49d6-86ca-d4f7d25032af", "Envigo 2914"),
    ("6c509b8c-2ccf-4d3d-9d8d-0d2011599d69", "Envigo 2919"),
    ("a3c381f7-9145-4ff8-b4dc-ccc02d7b752a", "Picolab Rodent Diet 20 5053"),
)
