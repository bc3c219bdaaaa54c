"""Admin of subjects, breeding, genotypes and projects."""

from __future__ import annotations

from bregma.alyx.subjects.admin import animals, breeding, genotypes, words

__all__ = ["animals", "breeding", "genotypes", "words"]
