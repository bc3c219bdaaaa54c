"""How templates of the notebook write text."""
