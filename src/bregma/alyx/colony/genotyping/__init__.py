"""Genotype tests, what they say about alleles, their import, and what contradicts itself."""
