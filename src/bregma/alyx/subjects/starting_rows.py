"""Rows every installation starts with: the laboratory mouse and where it comes from, with the keys of Alyx."""

SPECIES: tuple[tuple[str, str, str], ...] = (
    ("60f915ba-bdf4-444a-ada0-be7ebd3c1826", "Mus musculus", "Laboratory mouse"),
)

SOURCES: tuple[tuple[str, str], ...] = (
    ("1bad1f22-6700-4f80-9bcc-64e7d8ebc497", "Allen Institute"),
    ("a203214f-a34a-4b65-ba19-5ce85e07a005", "Charles River"),
    ("66ac5ce0-c988-429d-885c-8f63ce4329de", "Cruciform BSU"),
    ("c2b2242e-fa25-432d-96ec-122208e8b66c", "Jax"),
)
