"""How what was recorded where is written on the wire."""
