"""The list of sessions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.misc.models import Lab, LabMember, Note
from bregma.alyx.records import QC
from bregma.alyx.results.selectors import SessionFilter, find_sessions
from bregma.alyx.subjects.models import Project
from bregma.alyx.web.lists import Column, Empty, ListPage, RowAction
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter


def session_rows(user: Any) -> QuerySet[Session]:
    """Return the sessions that a person may read, with people, projects, counts, and whether there are words."""
    notes = policy.readable(user, Note.objects.filter(content_type=_session_type(), object_id=OuterRef("pk")))
    rows = find_sessions(user, SessionFilter()).annotate(has_notes=Exists(notes))
    return rows.prefetch_related("projects")


def _session_type() -> ContentType:
    return ContentType.objects.get_for_model(Session)


class SessionFilters(ListFilters):
    """How the list is narrowed."""

    for_members = ("words",)
    subject = django_filters.CharFilter(label="Subject", field_name="subject__nickname", lookup_expr="iexact")
    user = choose_related(LabMember, "Person", "users", by="username")
    lab = choose_related(Lab, "Lab", "lab")
    project = choose_related(Project, "Project", "projects")
    first = day_filter("From", "start_time", "date__gte")
    last = day_filter("To", "start_time", "date__lte")
    protocol = django_filters.CharFilter(label="Protocol", field_name="task_protocol", lookup_expr="icontains")
    qc = django_filters.ChoiceFilter(label="Quality", choices=QC.choices, empty_label="All")
    words = django_filters.ChoiceFilter(
        label="Words",
        method="by_words",
        empty_label="All",
        choices=[("narrative", "With a narrative"), ("notes", "With notes"), ("none", "With neither")],
    )

    def by_words(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Choose by what people wrote."""
        neither = Q(narrative="", has_notes=False)
        return rows.filter({"narrative": ~Q(narrative=""), "notes": Q(has_notes=True), "none": neither}[value])


def record_url(row: Any) -> str:
    """Return the address of a session's record: its page in the notebook, or else its results."""
    try:
        return reverse("session", args=[row.pk])
    except NoReverseMatch:
        return reverse("results:session", args=[row.pk])


COLUMNS = (
    Column(
        key="start_time",
        label="Start",
        sort=("start_time",),
        link=record_url,
        below=lambda row: "" if row.number is None else f"number {row.number}",
    ),
    Column(
        key="subject",
        label="Subject",
        value=lambda row: row.subject.nickname,
        sort=("subject__nickname",),
        link=lambda row: reverse("subject", args=[row.subject_id]),
        below=lambda row: row.lab and row.lab.name,
    ),
    Column(key="number", label="Number", sort=("number",), in_page=False),
    Column(key="lab", label="Lab", value=lambda row: row.lab and row.lab.name, sort=("lab__name",), in_page=False),
    Column(key="task_protocol", label="Protocol", sort=("task_protocol",)),
    Column(key="users", label="People", value=lambda row: [one.username for one in row.users.all()]),
    Column(key="projects", label="Projects", value=lambda row: [one.name for one in row.projects.all()]),
    Column(key="n_datasets", label="Datasets", sort=("n_datasets",), numeric=True),
    Column(key="n_insertions", label="Probes", sort=("n_insertions",), numeric=True),
    Column(
        key="qc",
        label="Quality",
        sort=("qc",),
        template="web/sessions/_qc.html",
        export=lambda row: row.get_qc_display(),
    ),
    Column(
        key="words",
        label="Words",
        value=lambda row: bool(row.narrative),
        template="web/sessions/_words.html",
        export=lambda row: row.narrative,
    ),
    Column(key="pk", label="Id", in_page=False),
)

SESSIONS = ListPage(
    key="sessions",
    title="Sessions",
    rows=session_rows,
    columns=COLUMNS,
    order=("-start_time", "-number", "pk"),
    filters=SessionFilters,
    search=("subject__nickname__icontains", "task_protocol__icontains", "narrative__icontains"),
    search_label="Subject, protocol, narrative",
    row_actions=(RowAction(label="Results", url=lambda row: reverse("results:session", args=[row.pk])),),
    presets={"Without words": "words=none", "Failed quality": "qc=40"},
    add=("New session", "session-new"),
    links=(("Results", "results:sessions"),),
    empty=Empty(
        title="No session yet",
        words="A session is one recording or training of one subject: its day, protocol, files and what you noticed. "
        "Rigs register theirs by REST; you may also write one down by hand.",
        icon="clock",
        action="Write down a session",
        url_name="session-new",
    ),
)
