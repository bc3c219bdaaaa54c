"""The words in which people are told that an animal needs care, or a licence attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from bregma.alyx.actions.models import NotificationType
from bregma.alyx.colony.models import Licence
from bregma.alyx.colony.welfare.conditions import Condition, is_light, load_each, restricted_subjects
from bregma.alyx.colony.welfare.people import managers_of
from bregma.alyx.inbox.rounds import Alert, Check, raise_alert
from bregma.alyx.misc.days import lab_today, lab_zone
from bregma.alyx.subjects.water import load_water_of

if TYPE_CHECKING:
    from bregma.alyx.actions.models import Notification, Weighing
    from bregma.alyx.subjects.models import Subject
    from bregma.alyx.subjects.water import WaterControl

OLD = timedelta(days=2)
"""Weighings that are entered later than this tell nobody."""
ENDS_SOON = timedelta(days=60)
NEARLY_USED = 0.9


def read_conditions(now: datetime, failures: list[str]) -> list[Condition]:
    """Read all living subjects on water restriction."""
    return load_each(list(restricted_subjects(now)), now, failures)


def judge_weight(condition: Condition) -> Alert | None:
    """Tell that a subject is underweight, once for each weighing."""
    last = condition.control.last_weighing()
    if last is None or not condition.is_underweight:
        return None
    when = last.when.replace(tzinfo=lab_zone(condition.subject.lab))
    return _underweight(condition.subject, condition.control, last.grams, when)


def judge_weighing(condition: Condition) -> Alert | None:
    """Tell in the evening that a subject was not weighed."""
    if not condition.is_evening or not condition.is_not_weighed:
        return None
    return Alert(
        kind=NotificationType.MOUSE_NOT_WEIGHED,
        title=f"ATTENTION: weighing missing for {condition} on {condition.today.isoformat()}",
        subject=condition.subject,
        message="It is on water restriction, which asks for a weight each day.",
        link=_tab(condition.subject),
    )


def judge_water(condition: Condition) -> Alert | None:
    """Tell that a subject is owed water; once a day."""
    if not condition.is_not_watered:
        return None
    last = condition.last_water
    when = "never" if last is None else f"{last.astimezone(lab_zone(condition.subject.lab)):%Y-%m-%d %H:%M}"
    return Alert(
        kind=NotificationType.MOUSE_WATER,
        title=f"{condition} needs water on {condition.today.isoformat()}",
        subject=condition.subject,
        message=f"{condition.remaining:.1f} mL remaining today. Last water: {when}.",
        link=_tab(condition.subject),
    )


def judge_training(condition: Condition) -> Alert | None:
    """Tell in the evening that a subject in training was not trained."""
    if not condition.is_evening or not condition.is_to_train:
        return None
    return Alert(
        kind=NotificationType.MOUSE_TRAINING,
        title=f"{condition} was not trained on {condition.today.isoformat()}",
        subject=condition.subject,
        link=_tab(condition.subject),
    )


def check_weighing(weighing: Weighing, *, now: datetime | None = None) -> Notification | None:
    """Tell people at once if a weighing shows that a subject is underweight; of old weighings, nothing.

    Call it once the weighing is committed: ``transaction.on_commit(lambda: check_weighing(weighing))``, or use
    :func:`check_weighing_later`.
    """
    now = now or timezone.now()
    when = weighing.date_time
    if when is None or when < now - OLD:
        return None
    control = load_water_of(weighing.subject, now=now)
    if not is_light(control.percentage_of(weighing.weight, when), control.min_percentage):
        return None
    return raise_alert(_underweight(weighing.subject, control, weighing.weight, when))


def check_weighing_later(weighing: Weighing) -> None:
    """Check a weighing once it is committed; if that fails the weighing stays, and the next round looks again."""
    transaction.on_commit(lambda: check_weighing(weighing), robust=True)


@dataclass(frozen=True)
class LicenceState:
    """A licence with the number of its animals."""

    licence: Licence
    used: int
    now: datetime

    def __str__(self) -> str:
        return self.licence.number


def read_licences(now: datetime, failures: list[str]) -> list[LicenceState]:
    """Read the licences that may need attention, with how many animals they have."""
    rows = Licence.objects.select_related("lab", "holder").annotate(used=Count("uses"))
    return [LicenceState(row, row.used, now) for row in rows]


def judge_end(state: LicenceState) -> Alert | None:
    """Tell, once a month, that a licence ends within 60 days."""
    licence, today = state.licence, lab_today(state.licence.lab, state.now)
    if licence.end_date is None or not today <= licence.end_date <= today + ENDS_SOON:
        return None
    return _about_licence(licence, f"Licence {licence} ends on {licence.end_date.isoformat()}")


def judge_quota(state: LicenceState) -> Alert | None:
    """Tell, once a month, that the animals of a licence are nearly used, or all."""
    licence, quota = state.licence, state.licence.quota
    ended = licence.end_date is not None and licence.end_date < lab_today(licence.lab, state.now)
    if not quota or ended or state.used < NEARLY_USED * quota:
        return None
    share = "all" if state.used >= quota else "nearly all"
    words = f"{state.used} of {quota} animals are assigned."
    return _about_licence(licence, f"Licence {licence}: {share} of its animals are used", words)


CHECKS = (
    Check("water restriction", read_conditions, (judge_weight, judge_weighing, judge_water, judge_training)),
    Check("licences", read_licences, (judge_end, judge_quota)),
)


def _underweight(subject: Subject, control: WaterControl, grams: float, when: datetime) -> Alert:
    percent, least = control.percentage_of(grams, when), control.min_percentage
    header = "WARNING" if percent <= least else "ATTENTION"
    moment = when.astimezone(lab_zone(subject.lab))
    return Alert(
        kind=NotificationType.MOUSE_UNDERWEIGHT,
        title=f"{header}: {subject} weight was {percent:.1f}% on {moment:%Y-%m-%d %H:%M}",
        subject=subject,
        message=f"{grams:.1f} g, where {control.expected_weight(when):.1f} g are expected; the limit is {least:.0f} %.",
        link=_tab(subject),
    )


def _about_licence(licence: Licence, title: str, message: str = "") -> Alert:
    people = [*managers_of(licence.lab), *([licence.holder] if licence.holder else [])]
    return Alert(
        kind=NotificationType.LICENCE,
        title=title,
        message=message,
        users=people,
        link=reverse("licence", args=[licence.pk]),
    )


def _tab(subject: Subject) -> str:
    return reverse("subject-welfare", args=[subject.pk])
