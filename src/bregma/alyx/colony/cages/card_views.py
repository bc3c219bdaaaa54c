"""Cage cards as a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from bregma.alyx.colony.cages.cards import Paper, cards_of, draw_cards
from bregma.alyx.colony.cages.forms import CardsForm
from bregma.alyx.colony.cages.listing import check_sees_colony
from bregma.alyx.colony.cages.selectors import cages_for

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_CARDS = 500


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """Answer with the cards of the cages named by ``?cage=``, on ``?paper=a4`` or ``label``."""
    check_sees_colony(request.user)
    form = CardsForm(request.GET)
    rows = cages_for(request.user).select_related("cage_type", "enrichment", "food")
    form.fields["cage"].queryset = rows.order_by("name")  # type: ignore[attr-defined]
    if not form.is_valid():
        raise Http404("no such cages, or no such paper: choose cages in their list, and print their cards from there")
    paper = Paper(form.cleaned_data["paper"] or Paper.A4.value)
    pdf = draw_cards(cards_of(list(form.cleaned_data["cage"][:MOST_CARDS])), paper)
    named = {"Content-Disposition": 'inline; filename="cage-cards.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=named)
