"""Timelines: what happened to a subject or a session, and which of their rows were changed, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bregma.alyx import policy
from bregma.alyx.history.changes_of import Entry, read_events
from bregma.alyx.history.life import KINDS, list_life
from bregma.alyx.history.models import Event

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from bregma.alyx.actions.models import Session
    from bregma.alyx.policy import User
    from bregma.alyx.subjects.models import Subject

ON_PAGE = 50
"""Entries on one page of a timeline."""
TICK = timedelta(microseconds=1)
EVERYTHING = frozenset({*KINDS, "changes"})
TOLD_BY_LIFE = (
    *("actions_session", "actions_session_users", "actions_session_projects", "actions_session_procedures"),
    *("actions_weighing", "actions_wateradministration", "actions_waterrestriction", "actions_surgery"),
    *("actions_surgery_users", "actions_surgery_procedures", "misc_housingsubject", "subjects_genotypetest"),
    *("actions_cull", "actions_waterrestriction_users", "actions_waterrestriction_procedures"),
)
"""Tables whose new rows are part of the life of a subject, and not told twice."""


@dataclass(frozen=True)
class Timeline:
    """One page: its entries, and the moment before which the next page begins, None at the end."""

    entries: list[Entry]
    older: datetime | None


def subject_timeline(
    subject: Subject, user: User, *, kinds: frozenset[str] = EVERYTHING, before: datetime | None = None
) -> Timeline:
    """Return the life of a subject and the changes of its rows; members only, seven queries at most.

    Parameters
    ----------
    kinds
        Of ``life``, ``sessions``, ``weights``, ``notes`` and ``changes``.
    before
        Only what came before this moment.
    """
    if not policy.is_member(user):
        return Timeline([], None)
    life = [entry for entry in list_life(subject, user, kinds) if before is None or entry.at < before]
    events = Event.objects.filter(subject_id=subject.pk).exclude(kind=Event.Kind.INSERTED, table__in=TOLD_BY_LIFE)
    return _page(events if "changes" in kinds else None, life, before)


def session_timeline(session: Session, user: User, *, before: datetime | None = None) -> Timeline:
    """Return the changes of a session and of the rows that hang on it; members only, two queries."""
    if not policy.is_member(user):
        return Timeline([], None)
    return _page(Event.objects.filter(session_id=session.pk), [], before)


def _page(events: QuerySet[Event] | None, life: list[Entry], before: datetime | None) -> Timeline:
    """Mix life and events. What has the moment of the first event that is left out is left to the next page."""
    found: list[Event] = []
    if events is not None:
        earlier = events.filter(at__lt=before) if before else events
        found = list(earlier.select_related("context").order_by("-at", "-id")[: ON_PAGE + 1])
    since: datetime | None = None
    if len(found) > ON_PAGE:
        since = found[ON_PAGE].at + TICK
        found = [event for event in found if event.at >= since] or found[:ON_PAGE]
    entries = sorted([*life, *read_events(found)], key=lambda entry: entry.at, reverse=True)
    entries = [entry for entry in entries if since is None or entry.at >= since]
    if len(entries) > ON_PAGE:
        since = max(since or entries[ON_PAGE - 1].at, entries[ON_PAGE - 1].at)
    return Timeline([entry for entry in entries if since is None or entry.at >= since], since)
