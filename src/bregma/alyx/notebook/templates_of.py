"""The texts with which narratives begin, by procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from bregma.alyx.notebook.models import NarrativeTemplate

if TYPE_CHECKING:
    from bregma.alyx.misc.models import Lab


def templates_for(lab: Lab | None) -> list[NarrativeTemplate]:
    """Return the template of each procedure in a lab: its own before that of every lab."""
    of_lab = Q(lab__isnull=True) if lab is None else Q(lab__isnull=True) | Q(lab=lab)
    rows = NarrativeTemplate.objects.filter(of_lab, procedure__isnull=False).order_by("lab_id", "name")
    chosen = {row.procedure_id: row for row in sorted(rows, key=lambda row: row.lab_id is not None)}
    return list(chosen.values())
