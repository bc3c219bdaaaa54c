"""Reads sessions with all that an answer shows of them, in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, WaterAdministration
from bregma.alyx.data.selectors import datasets_on_servers
from bregma.alyx.errors import SessionNotFound

if TYPE_CHECKING:
    from datetime import date

    from bregma.alyx.subjects.models import Subject


def listed_sessions() -> QuerySet[Session]:
    """Return sessions with subject, lab and projects, the newest first."""
    return Session.objects.select_related("subject", "lab").prefetch_related("projects").order_by("-start_time", "id")


def detailed_sessions(user: Any) -> QuerySet[Session]:
    """Return sessions with people, datasets, water and insertions, as far as the person may see them."""
    water = policy.readable(user, WaterAdministration.objects.select_related("water_type"))
    datasets = policy.readable(user, datasets_on_servers())
    return Session.objects.select_related(
        "subject__lab", "subject__responsible_user", "lab", "location"
    ).prefetch_related(
        "projects",
        "users",
        "procedures",
        "probe_insertion__model",
        Prefetch("wateradmin_session_related", water),
        Prefetch("data_dataset_session_related", datasets),
    )


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
