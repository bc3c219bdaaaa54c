"""The list of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.models import Lab
from bregma.alyx.notebook.tasks.services import SETTABLE, set_status
from bregma.alyx.subjects.models import Project
from bregma.alyx.web.lists import BulkAction, Column, Empty, ListPage, RowAction
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from bregma.alyx.misc.models import LabMember


class TaskFilters(ListFilters):
    """How the list is narrowed."""

    status = django_filters.MultipleChoiceFilter(label="Status", choices=Task.Status.choices)
    name = django_filters.CharFilter(label="Name", lookup_expr="icontains")
    graph = django_filters.CharFilter(label="Pipeline", lookup_expr="iexact")
    lab = choose_related(Lab, "Lab", "session__lab")
    project = choose_related(Project, "Project", "session__projects")
    subject = django_filters.CharFilter(label="Subject", field_name="session__subject__nickname", lookup_expr="iexact")
    first = day_filter("From", "session__start_time", "date__gte")
    last = day_filter("To", "session__start_time", "date__lte")


class StatusForm(forms.Form):
    """What tasks become."""

    status = forms.TypedChoiceField(
        label="Status",
        choices=[(int(one), one.label) for one in SETTABLE],
        coerce=int,
        help_text="Waiting: a worker takes it next. Held: it rests. Abandoned: nobody tries again.",
    )


def task_rows(user: Any) -> QuerySet[Task]:
    """Return the tasks that somebody may read, without their logs."""
    rows = policy.readable(user, Task.objects.defer("log", "arguments"))
    return rows.select_related("session__subject", "session__lab")


def change_status(rows: Sequence[Task], values: dict[str, Any], *, by: LabMember) -> str:
    """Set the status of chosen tasks; returns the words to say."""
    n = set_status(rows, values["status"], by=by)
    return f"{n} task{'' if n == 1 else 's'} now {Task.Status(values['status']).label.lower()}."


TASKS = ListPage(
    key="tasks",
    title="Tasks",
    words="What the pipelines run on sessions. Workers of the lab take those that wait.",
    rows=task_rows,
    columns=(
        Column(key="name", label="Task", sort=("name",), link=lambda row: reverse("task-log", args=[row.pk])),
        Column(
            key="status",
            label="Status",
            sort=("status",),
            template="notebook/_task_cell.html",
            export=lambda row: row.get_status_display(),
        ),
        Column(
            key="session",
            label="Session",
            value=lambda row: str(row.session or ""),
            sort=("session__start_time",),
            link=lambda row: reverse("session", args=[row.session_id]) if row.session_id else "",
        ),
        Column(
            key="lab",
            label="Lab",
            value=lambda row: row.session and row.session.lab and row.session.lab.name,
            sort=("session__lab__name",),
        ),
        Column(key="graph", label="Pipeline", sort=("graph",)),
        Column(key="level", label="Level", sort=("level",), numeric=True),
        Column(key="priority", label="Priority", sort=("priority",), numeric=True),
        Column(key="version", label="Version"),
        Column(key="datetime", label="Changed", sort=("datetime",)),
        Column(key="pk", label="Id", in_page=False),
    ),
    order=("-datetime", "pk"),
    filters=TaskFilters,
    search=("name__icontains", "session__subject__nickname__icontains", "graph__icontains"),
    search_label="Task, subject, pipeline",
    bulk=(
        BulkAction(
            key="status",
            label="Set status",
            service=change_status,
            form=StatusForm,
            words="Tasks that workers run now go on until they end, and then say how it went.",
        ),
    ),
    row_actions=(RowAction(label="Log", url=lambda row: reverse("task-log", args=[row.pk])),),
    presets={"Errored": "status=40", "Waiting": "status=20", "Running": "status=30"},
    links=(("By session", "task-matrix"),),
    empty=Empty(
        title="No task yet",
        words="Pipelines make tasks for the sessions that rigs register, and workers run them. "
        "The guide “workers” says how to start one.",
        icon="gears",
    ),
)
