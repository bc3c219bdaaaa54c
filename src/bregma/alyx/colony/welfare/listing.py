"""The lists of adverse events and of licences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.urls import reverse

from bregma.alyx.colony.models import AdverseEvent
from bregma.alyx.colony.welfare.selectors import event_rows, licence_rows, licence_trouble, use_words
from bregma.alyx.misc.models import Lab
from bregma.alyx.subjects.models import Subject
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter

if TYPE_CHECKING:
    from django.db.models import QuerySet


class EventFilters(ListFilters):
    """How adverse events are narrowed."""

    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="All", choices=[("open", "Open"), ("over", "Over")]
    )
    sign = django_filters.ChoiceFilter(label="Sign", choices=AdverseEvent.Sign.choices, empty_label="All")
    severity = django_filters.ChoiceFilter(label="Severity", choices=Subject.Severity.choices, empty_label="All")
    lab = choose_related(Lab, "Lab", "subject__lab")
    first = day_filter("From", "date_time", "date__gte")
    last = day_filter("To", "date_time", "date__lte")

    def by_state(self, rows: QuerySet[AdverseEvent], name: str, value: str) -> QuerySet[AdverseEvent]:
        """Choose those that go on, or are over."""
        return rows.filter(resolved_at__isnull=value == "open")


EVENTS = ListPage(
    key="adverse-events",
    title="Adverse events",
    words="What went wrong with animals, how badly, and what was done about it.",
    rows=event_rows,
    columns=(
        Column(
            key="sign",
            label="Sign",
            value=lambda row: row.get_sign_display(),
            sort=("sign",),
            link=lambda row: reverse("adverse-event", args=[row.pk]),
        ),
        Column(
            key="subject",
            label="Subject",
            value=lambda row: row.subject.nickname,
            sort=("subject__nickname",),
            link=lambda row: reverse("subject-welfare", args=[row.subject_id]),
        ),
        Column(key="lab", label="Lab", value=lambda row: row.subject.lab.name, sort=("subject__lab__name",)),
        Column(
            key="severity",
            label="Severity",
            sort=("severity",),
            template="colony/welfare/_severity.html",
            value=lambda row: row.severity,
            export=lambda row: row.get_severity_display(),
        ),
        Column(key="date_time", label="When", sort=("date_time",)),
        Column(key="body_condition", label="Body condition", sort=("body_condition",), numeric=True),
        Column(key="user", label="Reported by", value=lambda row: row.user and row.user.username),
        Column(key="resolved_at", label="Over since", sort=("resolved_at",)),
        Column(key="description", label="Description", in_page=False),
        Column(key="action_taken", label="Action taken", in_page=False),
        Column(key="pk", label="Id", in_page=False),
    ),
    order=("-date_time", "pk"),
    filters=EventFilters,
    search=("subject__nickname__icontains", "description__icontains", "action_taken__icontains"),
    search_label="Subject, words",
    presets={"Open": "state=open", "Severe": "severity=4"},
    crumbs=(("Welfare", "welfare"),),
    empty=Empty(
        title="No adverse event",
        words="When something goes wrong with an animal – a wound, a weight that falls, fighting – report it from its "
        "record: Do…, Adverse event. Severe events are told to the managers at once.",
        icon="shield",
        action="Find the animal",
        url_name="subjects",
    ),
)


def _trouble(row: Any) -> str:
    return licence_trouble(row)


LICENCES = ListPage(
    key="licences",
    title="Licences",
    words="What the authorities permit: how many animals, how severe, until when.",
    rows=licence_rows,
    columns=(
        Column(
            key="number",
            label="Licence",
            sort=("number",),
            link=lambda row: reverse("licence", args=[row.pk]),
        ),
        Column(key="title", label="Title", sort=("title",)),
        Column(key="lab", label="Lab", value=lambda row: row.lab.name, sort=("lab__name",)),
        Column(key="holder", label="Holder", value=lambda row: row.holder and row.holder.username),
        Column(key="n_used", label="Animals", value=use_words, sort=("n_used",), export=lambda row: row.n_used),
        Column(key="quota", label="Allowed", in_page=False),
        Column(key="severity_limit", label="Up to", value=lambda row: row.get_severity_limit_display()),
        Column(key="start_date", label="From", sort=("start_date",), in_page=False),
        Column(key="end_date", label="Ends", sort=("end_date",)),
        Column(
            key="trouble", label="Attention", value=_trouble, template="colony/welfare/_trouble.html", export=_trouble
        ),
    ),
    order=("end_date", "number"),
    search=("number__icontains", "title__icontains", "holder__username__icontains"),
    search_label="Number, title, holder",
    add=("New licence", "licence-new"),
    links=(("Annual return", "returns"),),
    crumbs=(("Welfare", "welfare"),),
    empty=Empty(
        title="No licence yet",
        words="Enter each permission of the authorities with its number of animals and its end. Animals are then "
        "assigned to it, never more than it allows, and the annual return is counted for you.",
        icon="shield",
        action="Enter a licence",
        url_name="licence-new",
    ),
)
