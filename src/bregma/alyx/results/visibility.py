"""What a user may see of results: only what was computed from files that the user may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import Dataset
from bregma.alyx.policy import is_member, readable

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.experiments.models import ProbeInsertion
    from bregma.alyx.policy import User
    from bregma.alyx.subjects.models import Subject

TRIALS = r"^(_[A-Za-z0-9]+_)?trials\."
SPIKES = r"^(_[A-Za-z0-9]+_)?(spikes|clusters|channels)\."


class NotPublic(PermissionError):
    """A figure was computed from files that the user may not read."""


def may_see_trials(user: User, session: Session) -> bool:
    """Say whether a user may see what was computed from a session's trials: only if each of their files is readable."""
    return is_member(user) or _all_readable(user, Dataset.objects.filter(session=session, name__regex=TRIALS))


def may_see_spikes(user: User, insertion: ProbeInsertion) -> bool:
    """Say whether a user may see what was computed from an insertion's spikes."""
    files = Dataset.objects.filter(session=insertion.session_id, collection__startswith=f"alf/{insertion.name}")
    return is_member(user) or _all_readable(user, files.filter(name__regex=SPIKES))


def with_visible_spikes(user: User, insertions: QuerySet[ProbeInsertion]) -> QuerySet[ProbeInsertion]:
    """Return those insertions of which a user may see what was computed from their spikes."""
    if is_member(user):
        return insertions
    folder = Concat(Value("alf/"), OuterRef("name"))
    files = Dataset.objects.filter(session=OuterRef("session"), collection__startswith=folder, name__regex=SPIKES)
    hidden = files.exclude(pk__in=readable(user, Dataset.objects.all()).values("pk"))
    return insertions.filter(Exists(files), ~Exists(hidden))


def visible_sessions(user: User, subject: Subject) -> set[UUID] | None:
    """Return the sessions of a subject whose trials a user may see; None means all of them."""
    if is_member(user):
        return None
    trials = Dataset.objects.filter(session=OuterRef("pk"), name__regex=TRIALS)
    hidden = trials.exclude(pk__in=readable(user, Dataset.objects.all()).values("pk"))
    sessions = readable(user, Session.objects.filter(subject=subject)).filter(Exists(trials), ~Exists(hidden))
    return set(sessions.values_list("pk", flat=True))


def _all_readable(user: User, files: QuerySet[Dataset]) -> bool:
    n_all, n_readable = files.count(), readable(user, files).count()
    return n_all > 0 and n_all == n_readable
