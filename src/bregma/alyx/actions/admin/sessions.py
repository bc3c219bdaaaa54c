"""Admin of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse

from bregma.alyx.actions.models import (
    EphysSession,
    ImagingSession,
    Session,
    WaterAdministration,
)
from bregma.alyx.actions.services import (
    change_session,
    delete_session,
    has_files,
    register_session,
)
from bregma.alyx.admin_site.filters import choice, empty, found_by, one_of, times
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin
from bregma.alyx.data.models import Dataset
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.jobs.models import Task
from bregma.alyx.notebook.sessions.services import enter_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class DatasetInline(LookInline):
    """Files of a session."""

    model = Dataset
    fields = ("collection", "name", "dataset_type", "revision", "file_size", "qc")
    related = ("dataset_type", "revision")


class InsertionInline(LookInline):
    """Probes of a session."""

    model = ProbeInsertion
    fields = ("name", "model", "serial")
    related = ("model",)


class TaskInline(LookInline):
    """Tasks of a session."""

    model = Task
    fields = ("name", "status", "graph", "version", "time_elapsed_secs")


class WaterInline(LookInline):
    """Water earned in a session."""

    model = WaterAdministration
    fk_name = "session"
    fields = ("date_time", "water_administered", "water_type", "adlib")
    verbose_name_plural = "Water"
    related = ("water_type", "subject")


@admin.register(Session)
class SessionAdmin(PolicyAdmin):
    """Sessions."""

    list_display = (
        *("subject", "start_time", "number", "lab", "task_protocol", "qc", "n_trials", "n_correct_trials"),
        *("people", "project_names"),
    )
    list_select_related = ("subject", "lab")
    list_filter = (
        *(found_by("subject"), found_by("users"), times("start_time"), one_of("lab"), choice("qc")),
        *(found_by("projects"), found_by("procedures"), empty("narrative")),
    )
    search_fields = ("subject__nickname", "task_protocol", "narrative")
    date_hierarchy = "start_time"
    readonly_fields = ("auto_datetime",)
    seldom = ("parent_session", "type", "auto_datetime", "end_time")
    done_by = ("users",)
    inlines = (DatasetInline, InsertionInline, TaskInline, WaterInline)
    takes_files = True
    import_keys = ("subject", "start_time", "number")

    @admin.display(description="users")
    def people(self, session: Session) -> str:
        """Name who did it."""
        return ", ".join(user.username for user in session.users.all()) or "–"

    @admin.display(description="projects")
    def project_names(self, session: Session) -> str:
        """Name the projects."""
        return ", ".join(one.name for one in session.projects.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read people and projects with the sessions."""
        return super().get_queryset(request).prefetch_related("users", "projects")

    def view_on_site(self, session: Session) -> str:
        """Lead to the page of the session."""
        return reverse("session", args=[session.pk])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in who is at the form."""
        found = super().get_changeform_initial_data(request)
        return {**found, "users": [request.user.pk]} if found.get("users") == request.user.pk else found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the lab of a session whose files are in that lab's folder."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None or not has_files(obj) else (*fields, "lab")

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a session, with the next number of its day unless one is given, or change one."""
        if row is not None:
            return change_session(row, values, by=by)
        return register_session(values, by=by) if values.get("number") is not None else enter_session(values, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a session, unless a dataset is protected."""
        delete_session(row, by=by)


class SessionsOfKind(SessionAdmin):
    """Sessions with procedures whose names have a word."""

    takes_files = False
    word = ""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out the other sessions."""
        kinds = Session.procedures.through.objects.filter(proceduretype__name__icontains=self.word)
        return super().get_queryset(request).filter(pk__in=kinds.values("session"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add sessions where all of them are listed."""
        return False


@admin.register(EphysSession)
class EphysSessionAdmin(SessionsOfKind):
    """Sessions with electrophysiology."""

    word = "ephys"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add sessions where all of them are listed."""
        return False


@admin.register(ImagingSession)
class ImagingSessionAdmin(SessionsOfKind):
    """Sessions with imaging."""

    word = "imaging"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add sessions where all of them are listed."""
        return False
