"""Cells of the grid of genotype results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bregma.alyx.colony.genotyping.selectors import Grid, GridRow

register = template.Library()
CHOSEN = {None: "", 0: "-", 1: "+"}


@register.filter
def cells(row: GridRow, grid: Grid) -> Iterator[dict[str, Any]]:
    """Give one cell per sequence: its name in the form, and what is known."""
    for sequence, result in zip(grid.sequences, row.results, strict=True):
        yield {"sequence": sequence, "name": f"{row.subject.pk}:{sequence.pk}", "chosen": CHOSEN[result]}
