"""Reads what water control needs: one query, and one for labs that were not read, for any number of subjects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import DateTimeField, F, Q, Value, prefetch_related_objects
from django.db.models.functions import Cast
from django.utils import timezone

from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.misc.days import lab_day_bounds, lab_today, lab_zone
from bregma.alyx.subjects.water.control import WaterControl
from bregma.alyx.subjects.water.facts import Drink, Point, Restriction, Shares, WaterFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject


class _Kind(IntEnum):
    """The table from which a row comes."""

    RESTRICTION = 0
    IMPLANT = 1
    WEIGHING = 2
    DRINK = 3


@dataclass(slots=True)
class _Rows:
    """The rows of one subject."""

    weighings: list[Point] = field(default_factory=list)
    drinks: list[Drink] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    implants: list[Point] = field(default_factory=list)


def load_water(subjects: Sequence[Subject], *, now: datetime | None = None) -> dict[UUID, WaterControl]:
    """Read all weights and water of subjects, for figures of any day.

    Parameters
    ----------
    subjects : sequence of Subject
        Their labs are read too, unless they are there.
    now : datetime, optional
        The moment that counts as now; aware.

    Returns
    -------
    dict
        The key of each subject, and its water control.
    """
    prefetch_related_objects(list(subjects), "lab")
    known = Q(subject__in=[subject.pk for subject in subjects])
    return _load(subjects, known, known, now or timezone.now())


def load_water_of(subject: Subject, *, now: datetime | None = None) -> WaterControl:
    """Read all weights and water of one subject."""
    return load_water([subject], now=now)[subject.pk]


def load_water_today(subjects: Sequence[Subject], *, now: datetime | None = None) -> dict[UUID, WaterControl]:
    """Read what figures of today need: the last weighing of each subject, and its water of today. For lists.

    Parameters and answer are those of :func:`load_water`; figures of other days are wrong.
    """
    now = now or timezone.now()
    prefetch_related_objects(list(subjects), "lab")
    known = Q(subject__in=[subject.pk for subject in subjects])
    today, until_today = _today_of(subjects, now)
    latest = Weighing.objects.filter(until_today).order_by("subject_id", "-date_time", "-pk").distinct("subject_id")
    weightless = Q(reference_weight=None) | Q(reference_weight=0)
    unsure = WaterRestriction.objects.filter(known & weightless, start_time__isnull=False).order_by()
    wanted = Q(pk__in=latest.values("pk")) | Q(subject__in=unsure.values("subject"))
    return _load(subjects, known & wanted, today, now)


def _today_of(subjects: Sequence[Subject], now: datetime) -> tuple[Q, Q]:
    """Make two conditions: a row is of its lab's today; it is of that day or before. One part per time zone."""
    labs: dict[Any, Lab] = {}
    keys: dict[Any, list[UUID]] = defaultdict(list)
    for subject in subjects:
        zone = lab_zone(subject.lab)
        labs[zone] = subject.lab
        keys[zone].append(subject.pk)
    today, until_today = Q(pk__in=[]), Q(pk__in=[])
    for zone, lab in labs.items():
        start, end = lab_day_bounds(lab, lab_today(lab, now))
        until = Q(subject__in=keys[zone], date_time__lt=end)
        until_today |= until
        today |= until & Q(date_time__gte=start)
    return today, until_today


def _load(subjects: Sequence[Subject], weighings: Q, drinks: Q, now: datetime) -> dict[UUID, WaterControl]:
    """Read restrictions and implants of subjects, and some of their weighings and drinks, all in one query."""
    rows = {subject.pk: _Rows() for subject in subjects}
    if rows:
        known = Q(subject__in=list(rows))
        parts = (
            _part(_Kind.RESTRICTION, WaterRestriction, known, "reference_weight", until="end_time"),
            _part(_Kind.IMPLANT, Surgery, known & Q(implant_weight__gt=0), "implant_weight"),
            _part(_Kind.WEIGHING, Weighing, weighings, "weight"),
            _part(_Kind.DRINK, WaterAdministration, drinks, "water_administered", in_session=Q(session__isnull=False)),
        )
        for kind, key, at, until, amount, in_session, _ in parts[0].union(*parts[1:], all=True).order_by("at", "row"):
            _add(rows[key], kind, at, until, amount, in_session)
    return {subject.pk: WaterControl(_facts(subject, rows[subject.pk]), now) for subject in subjects}


def _part(
    kind: _Kind, model: type[Model], condition: Q, amount: str, *, until: str = "", in_session: Any = None
) -> Any:
    """Return the rows of one table, in the columns that all four share."""
    start = "start_time" if kind in (_Kind.RESTRICTION, _Kind.IMPLANT) else "date_time"
    rows = model._default_manager.filter(condition, **{f"{start}__isnull": False}).order_by()
    given = {
        "kind": Value(int(kind)),
        "key": F("subject"),
        "at": F(start),
        "until": F(until) if until else Cast(Value(None), DateTimeField()),
        "amount": F(amount),
        "in_session": in_session or Value(False),
        "row": F("pk"),
    }
    return rows.annotate(**given).values_list(*given)


def _add(rows: _Rows, kind: int, at: datetime, until: datetime | None, amount: float | None, in_session: bool) -> None:
    if kind == _Kind.RESTRICTION:
        rows.restrictions.append(Restriction(at, until, amount or 0.0))
    elif kind == _Kind.DRINK:
        rows.drinks.append(Drink(at, amount, in_session))
    elif amount is not None:
        (rows.implants if kind == _Kind.IMPLANT else rows.weighings).append(Point(at, amount))


def _facts(subject: Subject, rows: _Rows) -> WaterFacts:
    return WaterFacts(
        key=subject.pk,
        nickname=subject.nickname,
        zone=lab_zone(subject.lab),
        sex=subject.sex,
        birth=subject.birth_date,
        death=subject.death_date,
        shares=shares_of(subject.lab),
        weighings=tuple(rows.weighings),
        drinks=tuple(rows.drinks),
        restrictions=tuple(rows.restrictions),
        implants=tuple(rows.implants),
    )


def shares_of(lab: Lab) -> Shares:
    """Return what a lab asks of weights."""
    return Shares(lab.reference_weight_pct or 0.0, lab.zscore_weight_pct or 0.0, settings.WEIGHT_THRESHOLD)
