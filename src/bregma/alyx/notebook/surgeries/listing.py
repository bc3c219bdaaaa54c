"""The lists of surgeries, virus injections and other actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.actions.models import ProcedureType, Surgery
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.notebook.surgeries.kinds import INJECTION, OTHER, SURGERY
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from bregma.alyx.notebook.surgeries.kinds import Kind
    from bregma.alyx.subjects.models import Subject


class ProcedureFilters(ListFilters):
    """How these lists are narrowed."""

    subject = django_filters.CharFilter(label="Subject", field_name="subject__nickname", lookup_expr="iexact")
    user = choose_related(LabMember, "Person", "users", by="username")
    lab = choose_related(Lab, "Lab", "lab")
    procedure = choose_related(ProcedureType, "Procedure", "procedures")
    first = day_filter("From", "start_time", "date__gte")
    last = day_filter("To", "start_time", "date__lte")


class SurgeryFilters(ProcedureFilters):
    """And by outcome."""

    outcome = django_filters.ChoiceFilter(
        label="Outcome", field_name="outcome_type", choices=Surgery.Outcome.choices, empty_label="All"
    )


def procedure_rows(kind: Kind, user: Any) -> QuerySet[Any]:
    """Return the rows of a kind that somebody may read, with subject, lab, place, people and procedures."""
    rows = policy.readable(user, kind.model._default_manager.all())
    return rows.select_related("subject", "lab", "location").prefetch_related("users", "procedures")


def procedures_of(subject: Subject, kind: Kind, user: Any) -> QuerySet[Any]:
    """Return the rows of a kind of one subject that somebody may read, with ``procedure_names``; one query."""
    rows = policy.readable(user, kind.model._default_manager.filter(subject=subject))
    names = ArrayAgg("procedures__name", filter=Q(procedures__isnull=False), distinct=True, default=Value([]))
    return rows.annotate(procedure_names=names)


def _link(name: str, row: Any) -> str:
    return reverse(name, args=[row.pk])


def _columns(kind: Kind, *own: Column) -> tuple[Column, ...]:
    return (
        Column(key="start_time", label="Start", sort=("start_time",), link=partial(_link, kind.record)),
        Column(
            key="subject",
            label="Subject",
            value=lambda row: row.subject.nickname,
            sort=("subject__nickname",),
            link=lambda row: reverse("subject", args=[row.subject_id]),
        ),
        Column(key="procedures", label="Procedures", value=lambda row: [one.name for one in row.procedures.all()]),
        *own,
        Column(key="users", label="People", value=lambda row: [one.username for one in row.users.all()]),
        Column(key="lab", label="Lab", value=lambda row: row.lab and row.lab.name, sort=("lab__name",)),
        Column(key="location", label="Place", value=lambda row: row.location and row.location.name),
        Column(key="narrative", label="Narrative", in_page=False),
        Column(key="pk", label="Id", in_page=False),
    )


SURGERIES = ListPage(
    key=SURGERY.listing,
    title="Surgeries",
    rows=partial(procedure_rows, SURGERY),
    columns=_columns(
        SURGERY,
        Column(
            key="outcome_type",
            label="Outcome",
            value=lambda row: row.get_outcome_type_display(),
            sort=("outcome_type",),
        ),
        Column(key="implant_weight", label="Implant (g)", sort=("implant_weight",), numeric=True),
    ),
    order=("-start_time", "pk"),
    filters=SurgeryFilters,
    search=("subject__nickname__icontains", "narrative__icontains"),
    search_label="Subject, narrative",
    links=(("Virus injections", "injections"), ("Other actions", "other-actions")),
    empty=Empty(
        title="No surgery yet",
        words="A surgery says what was done, what implant the animal carries from then on, and how it ended. "
        "Write one down from the menu of a subject.",
        icon="scalpel",
        action="To the subjects",
        url_name="subjects",
    ),
)
INJECTIONS = ListPage(
    key=INJECTION.listing,
    title="Virus injections",
    rows=partial(procedure_rows, INJECTION),
    columns=_columns(
        INJECTION,
        Column(key="virus_batch", label="Batch", sort=("virus_batch",)),
        Column(key="injection_volume", label="nL", sort=("injection_volume",), numeric=True),
    ),
    order=("-start_time", "pk"),
    filters=ProcedureFilters,
    search=("subject__nickname__icontains", "virus_batch__icontains", "narrative__icontains"),
    search_label="Subject, batch, narrative",
    crumbs=(("Surgeries", "surgeries"),),
    empty=Empty(
        title="No injection yet",
        words="An injection says which virus, how much and how fast. Write one down from the notes of a subject.",
        icon="tube",
        action="To the subjects",
        url_name="subjects",
    ),
)
OTHER_ACTIONS = ListPage(
    key=OTHER.listing,
    title="Other actions",
    rows=partial(procedure_rows, OTHER),
    columns=_columns(OTHER),
    order=("-start_time", "pk"),
    filters=ProcedureFilters,
    search=("subject__nickname__icontains", "narrative__icontains"),
    search_label="Subject, narrative",
    crumbs=(("Surgeries", "surgeries"),),
    empty=Empty(
        title="Nothing else yet",
        words="Handling, health checks, whatever has no page of its own.",
        icon="hand",
        action="To the subjects",
        url_name="subjects",
    ),
)
