"""Rows every installation starts with: the laboratory mouse, with the key of Alyx."""

SPECIES: tuple[tuple[str, str, str], ...] = (
    ("60f915ba-bdf4-444a-ada0-be7ebd3c1826", "Mus musculus", "Laboratory mouse"),
)
