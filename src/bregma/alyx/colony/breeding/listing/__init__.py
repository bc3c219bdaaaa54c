"""The lists of pairs, litters and lines: columns, filters and what can be done with many at once."""

from __future__ import annotations

from bregma.alyx.colony.breeding.listing.lines import LINES
from bregma.alyx.colony.breeding.listing.litters import LITTERS
from bregma.alyx.colony.breeding.listing.pairs import PAIRS

__all__ = ["LINES", "LITTERS", "PAIRS"]
