"""Rows every installation starts with: models of probes, with the keys that clients of Alyx know."""

PROBE_MODELS: tuple[tuple[str, str, str, str], ...] = (
    ("100fe998-986c-467d-aac8-a470e3a34341", "Neurophotometrics Fiber", "Neurophotometrics", "Fiber"),
    ("6f586705-13a7-4c2a-ac4a-ef58b10d9bc4", "Neuropixel 2.0 four shank", "Imec", "NP2.4"),
    ("5df5182a-5113-4e37-b690-0e6cae3abc6a", "Neuropixel 2.0 single shank", "Imec", "NP2.1"),
    ("96dccdfe-7206-4b65-bb17-0743c842acd0", "Neuropixel 3A", "Imec", "3A"),
    ("057d9a20-aaa9-4f79-8b0c-c8729b4cf160", "Neuropixel 3B2", "Imec", "3B2"),
)
