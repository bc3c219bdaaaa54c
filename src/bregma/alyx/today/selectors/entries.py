"""Reads what was entered today of animals, and by whom: one query for weights, water, sessions and excuses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, FloatField, Q, Value
from django.db.models.functions import Cast, Coalesce

from bregma.alyx.actions.models import Session, WaterAdministration, Weighing
from bregma.alyx.misc.days import lab_day_bounds, lab_today, lab_zone
from bregma.alyx.misc.models import Note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model, QuerySet

    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject

NOT_TRAINED = "Not trained today: "
"""How the note begins that says why a mouse was not trained."""


class Kind(StrEnum):
    """What was entered."""

    WEIGHT = "weight"
    WATER = "water"
    SESSION = "session"
    EXCUSE = "excuse"


@dataclass(frozen=True)
class Entry:
    """Something that was entered today; the moment is by the clock of the lab."""

    kind: Kind
    key: UUID
    when: datetime
    amount: float | None
    words: str
    person: str

    @property
    def is_reward(self) -> bool:
        """Whether it is water that was earned in a session."""
        return self.kind is Kind.WATER and bool(self.words)


def entries_of(subjects: Iterable[Subject], now: datetime) -> dict[UUID, list[Entry]]:
    """Return the entries of the day that it is in each subject's lab, the oldest first; one query."""
    subjects = list(subjects)
    zones = {subject.pk: lab_zone(subject.lab) for subject in subjects}
    found: dict[UUID, list[Entry]] = defaultdict(list)
    if not subjects:
        return found
    in_order = sorted(_rows(subjects, now), key=lambda row: (row[3], row[1]))
    for kind, key, subject, when, amount, words, person in in_order:
        moment = when.astimezone(zones[subject])
        found[subject].append(Entry(Kind(kind), key, moment, amount, words, person))
    return found


def _rows(subjects: list[Subject], now: datetime) -> QuerySet[Any, Any]:
    nothing, no_amount = Value("", CharField()), Value(None, FloatField())
    about_subjects = Q(content_type__app_label="subjects", content_type__model="subject", text__startswith=NOT_TRAINED)
    person = F("user__username")
    weighings = _values(
        Weighing.objects.filter(_today(subjects, now)), Kind.WEIGHT, "date_time", amount=F("weight"), words=nothing
    )
    water = _values(
        WaterAdministration.objects.filter(_today(subjects, now)),
        Kind.WATER,
        "date_time",
        amount=F("water_administered"),
        words=Coalesce(Cast("session", CharField()), nothing),
    )
    sessions = _values(
        Session.objects.filter(_today(subjects, now, column="start_time")),
        Kind.SESSION,
        "start_time",
        amount=no_amount,
        words=F("task_protocol"),
        person=nothing,
    )
    excuses = _values(
        Note.objects.filter(about_subjects & _today(subjects, now, of="object_id")),
        Kind.EXCUSE,
        "date_time",
        amount=no_amount,
        words=F("text"),
        of="object_id",
        person=person,
    )
    return weighings.union(water, sessions, excuses, all=True)


def _values(
    rows: QuerySet[Any], kind: Kind, column: str, *, of: str = "subject", person: Any = None, **told: Any
) -> QuerySet[Any, Any]:
    """Give rows of any table the same seven columns."""
    empty = Value("", CharField())
    return rows.order_by().values_list(
        Value(kind.value, CharField()),
        "pk",
        of,
        F(column),
        told["amount"],
        Cast(told["words"], CharField()),
        Coalesce(person or F("user__username"), empty),
    )


def _today(subjects: Iterable[Subject], now: datetime, *, column: str = "date_time", of: str = "subject") -> Q:
    """Make a condition: the row is of its lab's today. One part per time zone."""
    labs: dict[Any, Lab] = {}
    keys: dict[Any, list[UUID]] = defaultdict(list)
    for subject in subjects:
        zone = lab_zone(subject.lab)
        labs[zone] = subject.lab
        keys[zone].append(subject.pk)
    today = Q(pk__in=[])
    for zone, lab in labs.items():
        start, end = lab_day_bounds(lab, lab_today(lab, now))
        today |= Q(**{f"{of}__in": keys[zone], f"{column}__gte": start, f"{column}__lt": end})
    return today


def model_of(kind: Kind) -> type[Model]:
    """Return the table of the entries that can be corrected here.

    Raises
    ------
    KeyError
        For sessions and notes, which have pages of their own.
    """
    return {Kind.WEIGHT: Weighing, Kind.WATER: WaterAdministration}[kind]
