"""The pages of breeding: each view asks one selector or calls one service."""
