"""Reads what the pages of welfare show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.colony.models import AdverseEvent, Licence, LicenceUse
from bregma.alyx.colony.welfare.alerts import ENDS_SOON, NEARLY_USED
from bregma.alyx.colony.welfare.conditions import Condition, load_each, restricted_subjects
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from datetime import date, datetime

    from bregma.alyx.misc.models import LabMember

SCOPES = {"mine": "My animals", "labs": "My labs", "all": "All"}
MOST_EVENTS = 50


@dataclass
class Attention:
    """Who needs attention now; ``n_restricted`` animals were looked at, those in ``failures`` could not be read."""

    underweight: list[Condition] = field(default_factory=list)
    not_weighed: list[Condition] = field(default_factory=list)
    not_watered: list[Condition] = field(default_factory=list)
    events: list[AdverseEvent] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    n_restricted: int = 0


def load_attention(user: LabMember, scope: str, now: datetime | None = None) -> Attention:
    """Read who needs attention; at most eleven queries, however many animals."""
    now = now or timezone.now()
    found = Attention()
    subjects = list(policy.readable(user, restricted_subjects(now)).filter(in_scope(user, scope)))
    states = load_each(subjects, now, found.failures, training=False) if subjects else []
    found.n_restricted = len(subjects)
    found.underweight = sorted((one for one in states if one.is_underweight), key=lambda one: one.percent)
    found.not_weighed = [one for one in states if one.is_not_weighed]
    found.not_watered = [one for one in states if one.is_not_watered]
    events = event_rows(user).filter(in_scope(user, scope, "subject__"), resolved_at__isnull=True)
    found.events = list(events.order_by("-severity", "-date_time")[:MOST_EVENTS])
    labs = policy.standing_of(user).labs if not user.is_superuser else None
    licences = licence_rows(user) if labs is None else licence_rows(user).filter(lab__in=labs)
    found.licences = [one for one in licences if licence_trouble(one)]
    return found


def in_scope(user: LabMember, scope: str, path: str = "") -> Q:
    """Return the condition on one's own animals, on those of one's labs, or none."""
    if scope == "mine":
        return Q(**{f"{path}responsible_user": user.pk})
    return Q(**{f"{path}lab__in": policy.standing_of(user).labs}) if scope == "labs" else Q()


def default_scope(user: LabMember) -> str:
    """Return what a person sees first: the own labs, or everything without one."""
    return "labs" if policy.standing_of(user).labs else "all"


def event_rows(user: Any) -> QuerySet[AdverseEvent]:
    """Return the adverse events that a person may read, with subjects and people."""
    return policy.readable(user, AdverseEvent.objects.select_related("subject__lab", "user"))


def licence_rows(user: Any) -> QuerySet[Licence]:
    """Return the licences that a person may read, with ``n_used``."""
    rows = policy.readable(user, Licence.objects.select_related("lab", "holder"))
    return rows.annotate(n_used=Count("uses", distinct=True)).order_by(F("end_date").asc(nulls_last=True), "number")


def licence_trouble(licence: Any, today: date | None = None) -> str:
    """Say what is wrong with a licence of :func:`licence_rows`, if anything."""
    today = today or lab_today(licence.lab)
    if licence.end_date is not None and licence.end_date < today:
        return f"ended on {licence.end_date:%-d %b %Y}"
    if licence.quota and licence.n_used >= licence.quota:
        return "all its animals are used"
    if licence.end_date is not None and licence.end_date <= today + ENDS_SOON:
        return f"ends in {(licence.end_date - today).days} days"
    return "nearly all its animals are used" if licence.quota and licence.n_used >= NEARLY_USED * licence.quota else ""


def use_words(licence: Any) -> str:
    """Say how many animals of a licence are used."""
    if licence.quota is None:
        return f"{licence.n_used}, without limit"
    return f"{licence.n_used} of {licence.quota}; {max(licence.quota - licence.n_used, 0)} left"


def uses_of(user: Any, licence: Licence) -> QuerySet[LicenceUse]:
    """Return the animals of a licence that a person may see."""
    rows = policy.readable(user, LicenceUse.objects.filter(licence=licence))
    return rows.select_related("subject").order_by("subject__nickname", "pk")


def count_severities(user: Any, licence: Licence) -> list[tuple[str, int]]:
    """Count the animals of a licence by actual severity; one query."""
    rows = uses_of(user, licence).order_by().values_list("subject__actual_severity").annotate(n=Count("pk"))
    counts = dict(rows)
    known = [(severity.label, counts[severity.value]) for severity in Subject.Severity if severity.value in counts]
    return [*known, ("Not assessed yet", counts[None])] if None in counts else known
