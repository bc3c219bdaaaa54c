"""Makes the cages that a dump only names: those of housings, and those in which living subjects are."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db.models import Q
from django.utils import timezone

from bregma.alyx.colony.models import Cage
from bregma.alyx.importing.stage import waiting
from bregma.alyx.misc.models import Housing, HousingSubject
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.alyx.importing.stage import Stage

SPACE = UUID("5a3b6c0e-6d0f-4f55-9a0c-3b1c6f1f7a51")
"""Keys of what is made are worked out within it: the same cage has the same key each time."""
BLOCK = 1_000


@dataclass(frozen=True)
class Made:
    """How much was made."""

    cages: int
    stays: int


def make_cages(stage: Stage) -> Made:
    """Make the cages of the dump's housings and of its living subjects, unless they are here.

    A subject without an open stay gets one in the cage that it names. Doing it again makes nothing.
    """
    before = Cage.objects.count()
    keys = _keys(stage, "misc_housing")
    for start in range(0, len(keys), BLOCK):
        _give_cages(keys[start : start + BLOCK])
    return Made(stays=_house_living(_keys(stage, "subjects_subject")), cages=Cage.objects.count() - before)


def _keys(stage: Stage, table: str) -> list[UUID]:
    if table not in stage.tables:
        return []
    return [row[0] for row in stage.run(f"SELECT id FROM {waiting(table)} ORDER BY id")]


def _give_cages(keys: list[UUID]) -> None:
    housings = Housing.objects.filter(pk__in=keys, cage__isnull=True).exclude(cage_name="").order_by("pk")
    stays: dict[UUID, list[HousingSubject]] = defaultdict(list)
    for stay in HousingSubject.objects.filter(housing__in=housings, subject__isnull=False).select_related("subject"):
        assert stay.housing_id is not None
        stays[stay.housing_id].append(stay)
    for housing in housings:
        if found := stays[housing.pk]:
            last = max(found, key=lambda stay: (stay.end_datetime is None, stay.start_datetime))
            assert last.subject is not None
            housing.cage = _cage_of(last.subject.lab_id, housing, found)
            housing.save(update_fields=["cage"])


def _cage_of(lab: UUID, housing: Housing, stays: list[HousingSubject]) -> Cage:
    """Return the open cage of this name in a lab, or make one; it is closed where nobody lives in it any more."""
    ends = [stay.end_datetime for stay in stays if stay.end_datetime is not None]
    starts = [stay.start_datetime for stay in stays]
    if len(ends) < len(stays):
        return _open_cage(lab, housing.cage_name, starts, len(stays) - len(ends), like=housing)
    key = uuid5(SPACE, f"closed {housing.pk}")
    cage, _ = Cage.objects.get_or_create(
        pk=key,
        defaults={
            "name": housing.cage_name,
            "lab_id": lab,
            "opened_on": min(starts).astimezone(UTC).date(),
            "closed_on": max(ends).astimezone(UTC).date(),
            **_conditions(housing),
        },
    )
    return cage


def _open_cage(lab: UUID, name: str, starts: Iterable[datetime], n: int, *, like: Housing | None = None) -> Cage:
    found = Cage.objects.filter(lab_id=lab, name=name, closed_on__isnull=True).first()
    if found is not None:
        return found
    key = uuid5(SPACE, f"{lab} {name}")
    if Cage.objects.filter(pk=key).exists():  # it was closed here since
        key = uuid5(SPACE, f"{lab} {name} {timezone.now():%Y-%m-%d}")
    opened = min(starts).astimezone(UTC).date()
    capacity = max(n, Cage._meta.get_field("capacity").default)
    return Cage.objects.create(
        pk=key, name=name, lab_id=lab, opened_on=opened, capacity=capacity, **(_conditions(like) if like else {})
    )


def _conditions(housing: Housing) -> dict[str, Any]:
    names = ("cage_type_id", "enrichment_id", "food_id", "cage_cleaning_frequency_days", "light_cycle")
    return {name: getattr(housing, name) for name in names}


def _house_living(keys: list[UUID]) -> int:
    """Let every living subject that names a cage and has no open stay live there; return how many there were."""
    by_cage: dict[tuple[UUID, str], list[Subject]] = defaultdict(list)
    for start in range(0, len(keys), BLOCK):
        living = Subject.objects.filter(pk__in=keys[start : start + BLOCK], death_date__isnull=True)
        for subject in living.exclude(Q(cage__isnull=True) | Q(cage="")).order_by("pk"):
            by_cage[subject.lab_id, str(subject.cage)].append(subject)
    housed = set(HousingSubject.objects.filter(end_datetime__isnull=True).values_list("subject_id", flat=True))
    made = 0
    for (lab, name), subjects in sorted(by_cage.items(), key=lambda item: (str(item[0][0]), item[0][1])):
        made += _house(lab, name, [subject for subject in subjects if subject.pk not in housed])
    return made


def _house(lab: UUID, name: str, subjects: list[Subject]) -> int:
    keys = {subject.pk: uuid5(SPACE, f"{subject.pk} {name}") for subject in subjects}
    known = set(HousingSubject.objects.filter(pk__in=keys.values()).values_list("pk", flat=True))
    newcomers = [subject for subject in subjects if keys[subject.pk] not in known]
    if not newcomers:
        return 0
    starts = {subject.pk: _moved_in(subject) for subject in newcomers}
    cage = _open_cage(lab, name, starts.values(), len(newcomers))
    housing = Housing.objects.filter(cage=cage).order_by("pk").last() or Housing.objects.create(
        pk=uuid5(SPACE, f"conditions {cage.pk}"), cage_name=name, cage=cage
    )
    HousingSubject.objects.bulk_create(
        HousingSubject(pk=keys[subject.pk], subject=subject, housing=housing, start_datetime=starts[subject.pk])
        for subject in newcomers
    )
    return len(newcomers)


def _moved_in(subject: Subject) -> datetime:
    """Tell since when a subject is in its cage: the last change that Alyx noted, weaning, birth, or now."""
    history = subject.json.get("history", {}) if isinstance(subject.json, dict) else {}
    changes = history.get("cage", []) if isinstance(history, dict) else []
    try:
        moment = datetime.fromisoformat(changes[-1]["date_time"])
    except (IndexError, KeyError, TypeError, ValueError):
        day = subject.wean_date or subject.birth_date
        return datetime.combine(day, datetime.min.time(), UTC) if isinstance(day, date) else timezone.now()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
