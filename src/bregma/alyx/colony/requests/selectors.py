"""Reads requests with how many animals were given, and the stock from which they can be given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, F, Prefetch, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest

from bregma.alyx import policy
from bregma.alyx.subjects.models import Subject, SubjectRequest, Zygosity
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from uuid import UUID


def request_rows(user: Any) -> QuerySet[SubjectRequest]:
    """Return requests with ``n_given``, ``n_left`` and ``state`` (open or done)."""
    rows = policy.readable(user, SubjectRequest.objects.select_related("user", "line"))
    rows = rows.annotate(n_given=Count("subject", distinct=True))
    rows = rows.annotate(n_left=Greatest(Coalesce(F("count"), 0) - F("n_given"), 0))
    state = Case(When(n_left__gt=0, then=Value("open")), default=Value("done"), output_field=CharField())
    return rows.annotate(state=state)


def stock_for(request: SubjectRequest, user: Any) -> QuerySet[Subject]:
    """Return the living animals of the stock, or of the person, that could be given for a request."""
    rows = policy.readable(user, Subject.objects.filter(living(), request__isnull=True))
    rows = rows.filter(line=request.line_id) if request.line_id else rows
    genotype = Prefetch("zygosity_set", Zygosity.objects.select_related("allele").order_by("allele__nickname"))
    stock = rows.filter(responsible_user__is_stock_manager=True) | rows.filter(responsible_user=_key(user))
    return stock.select_related("line", "lab", "responsible_user").prefetch_related(genotype).order_by("nickname")


def _key(user: Any) -> UUID:
    key: UUID = user.pk
    return key
