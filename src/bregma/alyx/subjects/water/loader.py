"""Reads what water control needs: at most six queries for any number of subjects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.misc.days import lab_day_bounds, lab_today, lab_zone
from bregma.alyx.subjects.water.control import WaterControl
from bregma.alyx.subjects.water.facts import Drink, Point, Restriction, Shares, WaterFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject


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
    rows = _read_restrictions(subjects)
    known = {"subject__in": list(rows), "date_time__isnull": False}
    _add_weighings(rows, Weighing.objects.filter(**known))
    _add_drinks(rows, WaterAdministration.objects.filter(**known))
    return _controls(subjects, rows, now or timezone.now())


def load_water_of(subject: Subject, *, now: datetime | None = None) -> WaterControl:
    """Read all weights and water of one subject."""
    return load_water([subject], now=now)[subject.pk]


def load_water_today(subjects: Sequence[Subject], *, now: datetime | None = None) -> dict[UUID, WaterControl]:
    """Read what figures of today need: the last weighing of each subject, and its water of today. For lists.

    Parameters and answer are those of :func:`load_water`; figures of other days are wrong.
    """
    now = now or timezone.now()
    rows = _read_restrictions(subjects)
    unsure = {key for key, row in rows.items() if any(not one.reference_weight for one in row.restrictions)}
    today, until_today = _today_of(subjects, now)
    latest = Weighing.objects.filter(until_today).order_by("subject_id", "-date_time", "-pk").distinct("subject_id")
    _add_weighings(rows, Weighing.objects.filter(Q(pk__in=latest.values("pk")) | Q(subject__in=unsure)))
    _add_drinks(rows, WaterAdministration.objects.filter(today))
    return _controls(subjects, rows, now)


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


def _read_restrictions(subjects: Sequence[Subject]) -> dict[UUID, _Rows]:
    """Read labs, restrictions and implants: at most three queries."""
    prefetch_related_objects(list(subjects), "lab")
    rows = {subject.pk: _Rows() for subject in subjects}
    known: dict[str, Any] = {"subject__in": list(rows), "start_time__isnull": False}
    restrictions: Any = WaterRestriction.objects.filter(**known).order_by("start_time", "pk")
    for key, start, end, weight in restrictions.values_list("subject", "start_time", "end_time", "reference_weight"):
        rows[key].restrictions.append(Restriction(start, end, weight or 0.0))
    surgeries: Any = Surgery.objects.filter(**known, implant_weight__gt=0).order_by("start_time", "pk")
    for key, start, weight in surgeries.values_list("subject", "start_time", "implant_weight"):
        rows[key].implants.append(Point(start, weight))
    return rows


def _add_weighings(rows: dict[UUID, _Rows], weighings: QuerySet[Weighing]) -> None:
    dated: Any = weighings.filter(date_time__isnull=False).order_by("date_time", "pk")
    for key, when, grams in dated.values_list("subject", "date_time", "weight"):
        rows[key].weighings.append(Point(when, grams))


def _add_drinks(rows: dict[UUID, _Rows], water: QuerySet[WaterAdministration]) -> None:
    dated: Any = water.order_by("date_time", "pk")
    found = dated.values_list("subject", "date_time", "water_administered", "session")
    for key, when, millilitres, session in found:
        rows[key].drinks.append(Drink(when, millilitres, session is not None))


def _controls(subjects: Sequence[Subject], rows: dict[UUID, _Rows], now: datetime) -> dict[UUID, WaterControl]:
    return {subject.pk: WaterControl(_facts(subject, rows[subject.pk]), now) for subject in subjects}


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
