"""The tab of a subject that shows its family and genotype."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bregma.alyx.colony.breeding.selectors.family import SHOWN, load_family
from bregma.alyx.colony.breeding.views.answers import members_only
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@members_only
def family(request: HttpRequest, reference: str) -> HttpResponse:
    """Show ancestors, siblings and offspring of a subject."""
    record = load_record(request, reference, current="subject-family")
    shown = {"family": load_family(request.user, record["subject"]), "generations": SHOWN}
    return render(request, "colony/breeding/family.html", {**record, **shown})
