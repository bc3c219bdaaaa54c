"""What can be refused about cages, as one tree; each says what to do instead."""

from __future__ import annotations

from bregma.alyx.errors import AlyxError


class HousingRefused(AlyxError, ValueError):
    """A cage or an animal cannot be moved as asked."""


class CageFull(HousingRefused):
    """More adults would live in a cage than it holds."""


class CageInUse(HousingRefused):
    """A cage cannot be closed while animals live in it."""


class PlaceTaken(HousingRefused):
    """Another cage stands in the place of the rack."""
