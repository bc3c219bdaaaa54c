"""The list of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django.urls import reverse

from bregma.alyx.colony.requests.selectors import request_rows
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Line, SubjectRequest
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RequestFilters(ListFilters):
    """How the list is narrowed."""

    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="All", choices=[("open", "Open"), ("done", "Done")]
    )
    line = choose_related(Line, "Line", "line", by="nickname")
    user = choose_related(LabMember, "Asked by", "user", by="username")

    def by_state(self, rows: QuerySet[SubjectRequest], name: str, value: str) -> QuerySet[SubjectRequest]:
        """Choose the open or the done, in the database."""
        return rows.filter(state=value)  # type: ignore[misc] # a column that request_rows adds


REQUESTS = ListPage(
    key="requests",
    title="Requests",
    words="Animals that people ask for. The stock managers are told of each.",
    rows=request_rows,
    columns=(
        Column(
            key="title",
            label="Request",
            value=lambda row: f"{row.count or '?'} of {row.line or 'any line'}",
            link=lambda row: reverse("request", args=[row.pk]),
            sort=("line__nickname",),
        ),
        Column(key="user", label="Asked by", sort=("user__username",)),
        Column(key="state", label="State", sort=("state",)),
        Column(key="n_given", label="Given", numeric=True, sort=("n_given",)),
        Column(key="n_left", label="Still needed", numeric=True, sort=("n_left",)),
        Column(key="date_time", label="Asked on", sort=("date_time",)),
        Column(key="due_date", label="Needed by", sort=("due_date",)),
        Column(key="description", label="Remarks"),
    ),
    order=("-date_time", "pk"),
    filters=RequestFilters,
    search=("description__icontains", "line__nickname__icontains", "user__username__icontains"),
    presets={"Open": "state=open"},
    add=("New request", "request-new"),
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="Nobody asks for animals",
        words="Ask here for animals of a line, with the day by which you need them. The stock managers are told, "
        "and give you animals of the stock.",
        icon="hand",
        action="New request",
        url_name="request-new",
    ),
)
