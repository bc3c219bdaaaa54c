"""Pages of probe insertions: the list, one with its trajectories, planning, and copying what was planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.experiments.models import ProbeInsertion, ProbeModel, TrajectoryEstimate
from bregma.alyx.misc.models import Lab
from bregma.alyx.notebook.insertions.forms import CoordinatesForm, InsertionForm
from bregma.alyx.notebook.insertions.services import (
    BY_HAND,
    COORDINATES,
    copy_planned,
    plan_insertion,
    set_trajectory,
)
from bregma.alyx.notebook.sessions.selectors import list_insertions, load_session_row
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
Provenance = TrajectoryEstimate.Provenance


class InsertionFilters(ListFilters):
    """How the list is narrowed."""

    subject = django_filters.CharFilter(label="Subject", field_name="session__subject__nickname", lookup_expr="iexact")
    lab = choose_related(Lab, "Lab", "session__lab")
    model = choose_related(ProbeModel, "Model", "model", by="probe_model")
    best = django_filters.ChoiceFilter(
        label="Best trajectory", field_name="best", choices=Provenance.choices, empty_label="All"
    )
    first = day_filter("From", "session__start_time", "date__gte")
    last = day_filter("To", "session__start_time", "date__lte")


def insertion_rows(user: Any) -> QuerySet[ProbeInsertion]:
    """Return the insertions that somebody may read, with session, model and the best provenance there is."""
    rows = policy.readable(user, ProbeInsertion.objects.annotate(best=Max("trajectory_estimate__provenance")))
    return rows.select_related("session__subject", "session__lab", "model")


INSERTIONS = ListPage(
    key="insertions",
    title="Probe insertions",
    rows=insertion_rows,
    columns=(
        Column(
            key="session",
            label="Session",
            value=lambda row: str(row.session),
            sort=("session__start_time",),
            link=lambda row: reverse("insertion", args=[row.pk]),
        ),
        Column(key="name", label="Probe", sort=("name",)),
        Column(
            key="subject",
            label="Subject",
            value=lambda row: row.session.subject.nickname,
            sort=("session__subject__nickname",),
            link=lambda row: reverse("subject", args=[row.session.subject_id]),
        ),
        Column(key="model", label="Model", value=lambda row: row.model and row.model.probe_model),
        Column(key="serial", label="Serial", sort=("serial",)),
        Column(
            key="best",
            label="Best trajectory",
            value=lambda row: Provenance(row.best).label if row.best else "",
            sort=("best",),
        ),
        Column(key="lab", label="Lab", value=lambda row: row.session.lab and row.session.lab.name),
        Column(key="pk", label="Id", in_page=False),
    ),
    order=("-session__start_time", "name", "pk"),
    filters=InsertionFilters,
    search=("session__subject__nickname__icontains", "name__icontains", "serial__icontains"),
    search_label="Subject, probe, serial",
    presets={"Not traced yet": "best=30", "Aligned": "best=70"},
    empty=Empty(
        title="No probe yet",
        words="An insertion is one probe in one session: planned here, read from the manipulator, found in histology, "
        "aligned with the recording. Plan one on the page of its session.",
        icon="probe",
        action="To the sessions",
        url_name="sessions",
    ),
)


@require_safe
def insertion(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a probe with its trajectories."""
    row = _load(request, pk)
    one = next(one for one in list_insertions([row.session_id], request.user) if one.row.pk == row.pk)
    known = {track.estimate.provenance for track in one.tracks}
    may_write = policy.may_write(request.user, row)
    shown = {
        "one": one,
        "row": row,
        "may_write": may_write,
        "may_copy": may_write and Provenance.PLANNED in known and Provenance.MICRO_MANIPULATOR not in known,
        "by_hand": [(int(kind), kind.label) for kind in BY_HAND],
        "crumbs": [("Insertions", reverse("insertions")), (row.session, reverse("session", args=[row.session_id]))],
    }
    return render(request, "notebook/insertion.html", shown)


@PAGE
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plan a probe of a session."""
    session = load_session_row(request.user, pk)
    by: Any = request.user
    policy.check_may_write(by, session)
    data = request.POST if request.method == "POST" else None
    form, where = InsertionForm(data), CoordinatesForm(data)
    entered: list[ProbeInsertion] = []
    if (
        form.is_bound
        and form.is_valid()
        and where.is_valid()
        and saved(
            where,
            lambda: entered.append(plan_insertion(session, form.cleaned_data, where.coordinates(), by=by)),
        )
    ):
        messages.success(request, f"{entered[0].name} is planned.")
        return HttpResponseRedirect(reverse("insertion", args=[entered[0].pk]))
    shown = {"form": form, "where": where, "title": f"Plan a probe of {session}"}
    shown |= {"cancel": reverse("session", args=[pk]), "crumbs": [(session, reverse("session", args=[pk]))]}
    return render(request, "notebook/plan.html", shown, status=422 if form.is_bound else 200)


@PAGE
def trajectory(request: HttpRequest, pk: UUID, provenance: int) -> HttpResponse:
    """Enter or change a trajectory that people measure."""
    row = _load(request, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    if provenance not in [int(kind) for kind in BY_HAND]:
        raise Http404(f"trajectories of provenance {provenance} come from the analysis")
    found = TrajectoryEstimate.objects.filter(probe_insertion=row, provenance=provenance).first()
    first = {name: getattr(found, name) for name in COORDINATES} if found else {}
    form = CoordinatesForm(request.POST if request.method == "POST" else None, initial=first)
    back = reverse("insertion", args=[pk])
    valid = form.is_bound and form.is_valid()
    if valid and saved(form, lambda: set_trajectory(row, provenance, form.coordinates(), by=by)):
        messages.success(request, "The trajectory is kept.")
        return HttpResponseRedirect(back)
    title = f"{Provenance(provenance).label} trajectory of {row.name}"
    shown = {"form": form, "title": title, "cancel": back, "crumbs": [(row.session, back)]}
    return render(request, "notebook/form_page.html", shown, status=422 if form.is_bound else 200)


@require_POST
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the planned trajectory for that of the manipulator."""
    row = _load(request, pk)
    by: Any = request.user
    done(request, lambda: copy_planned(row, by=by), "Copied. Correct it by what the manipulator read.")
    return HttpResponseRedirect(reverse("insertion", args=[pk]))


def _load(request: HttpRequest, pk: UUID) -> ProbeInsertion:
    rows = policy.readable(request.user, ProbeInsertion.objects.filter(pk=pk))
    found = rows.select_related("session__subject__lab", "session__subject__responsible_user", "session__lab", "model")
    row = found.first()
    if row is None:
        raise Http404(f"no insertion {pk} that you may read")
    return row
