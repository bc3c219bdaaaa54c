"""Reads sessions with all that an answer shows of them, in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, WaterAdministration
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.selectors import datasets_on_servers
from bregma.alyx.errors import SessionNotFound
from bregma.alyx.misc.models import Note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from bregma.alyx.subjects.models import Subject


def listed_sessions() -> QuerySet[Session]:
    """Return sessions with subject, lab and projects, the newest first."""
    return Session.objects.select_related("subject", "lab").prefetch_related("projects").order_by("-start_time", "id")


def detailed_sessions(user: Any) -> QuerySet[Session]:
    """Return sessions with people, datasets, water, insertions and images, as far as the person may see them."""
    water = policy.readable(user, WaterAdministration.objects.select_related("water_type"))
    datasets = policy.readable(user, datasets_on_servers())
    keys = policy.readable(user, Dataset.objects.all())
    return Session.objects.select_related(
        "subject__lab", "subject__responsible_user", "lab", "location"
    ).prefetch_related(
        "projects",
        "users",
        "procedures",
        "probe_insertion__model",
        Prefetch("probe_insertion__datasets", keys),
        "field_of_view__imaging_type",
        Prefetch("field_of_view__datasets", keys),
        "field_of_view__location__coordinate_system",
        "field_of_view__location__brain_region",
        Prefetch("wateradmin_session_related", water),
        Prefetch("data_dataset_session_related", datasets),
    )


def notes_on_sessions(sessions: Sequence[Session], user: Any) -> dict[UUID, list[Note]]:
    """Return the notes on sessions that the person may see, the newest first, by the key of the session."""
    found: dict[UUID, list[Note]] = {session.pk: [] for session in sessions}
    kind = {"content_type__app_label": Session._meta.app_label, "content_type__model": Session._meta.model_name}
    notes = Note.objects.filter(object_id__in=list(found), **kind)
    for note in policy.readable(user, notes.select_related("user", "content_type").order_by("-date_time", "pk")):
        found[note.object_id].append(note)
    return found


def find_session(subject: Subject, day: date, number: int) -> Session:
    """Return the session of a subject, day (UTC) and number.

    Raises
    ------
    SessionNotFound
        If there is none; the message says how to make it.
    """
    rows = Session.objects.select_related("subject__lab", "subject__responsible_user", "lab")
    session = rows.filter(subject=subject, start_time__date=day, number=number).first()
    if session is None:
        raise SessionNotFound(
            f"no session {number} of {subject} on {day}; register it first: POST /sessions with subject, "
            "start_time and number"
        )
    return session


def find_first_session(subject: Subject, day: date) -> Session:
    """Return the session of a subject on a day (UTC) that is part of no other; the first of several.

    Raises
    ------
    SessionNotFound
        If there is none.
    """
    rows = Session.objects.select_related("subject__lab", "subject__responsible_user", "lab")
    same_day = rows.filter(subject=subject, start_time__date=day, parent_session__isnull=True)
    session = same_day.order_by("number", "start_time").first()
    if session is None:
        raise SessionNotFound(f"A base session for {subject} on {day} does not exist")
    return session
