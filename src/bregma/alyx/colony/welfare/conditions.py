"""How subjects on water restriction are today: weight, water, training; read for all at once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction
from bregma.alyx.misc.days import day_of, lab_today, lab_zone
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.selectors import living
from bregma.alyx.subjects.water import load_water_today

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.subjects.water import WaterControl

logger = logging.getLogger(__name__)

MARGIN = 2  # %, above the least weight: time to look at the animal
THIRSTY_AFTER = timedelta(hours=23) - timedelta(seconds=10)
TRAINED_WITHIN = timedelta(days=7)
EVENING = 18  # the hour of the lab from which on the work of the day should be done


@dataclass(frozen=True)
class Condition:
    """One subject on water restriction, at a moment.

    Attributes
    ----------
    control : WaterControl
        Its weights and water of today.
    last_water, last_session : datetime or None
        When it was given water, and was in a session, for the last time.
    """

    subject: Subject
    control: WaterControl
    now: datetime
    last_water: datetime | None = None
    last_session: datetime | None = None

    def __str__(self) -> str:
        return self.subject.nickname

    @property
    def today(self) -> date:
        """The date in the lab."""
        return lab_today(self.subject.lab, self.now)

    @property
    def is_evening(self) -> bool:
        """Whether the work of the day should be done where the lab is."""
        return self.now.astimezone(lab_zone(self.subject.lab)).hour >= EVENING

    @property
    def percent(self) -> float:
        """The last weight in % of the expected one; 0 if that is unknown."""
        return self.control.percentage_weight()

    @property
    def is_underweight(self) -> bool:
        """Whether the last weight is at the limit of the lab, or close to it."""
        return is_light(self.percent, self.control.min_percentage)

    @property
    def is_on_first_day(self) -> bool:
        """Whether the restriction began today."""
        held = self.control.restriction_at()
        return held is not None and held.start.date() == self.today

    @property
    def is_not_weighed(self) -> bool:
        """Whether it should be weighed today still; on the first day the reference weight will do."""
        held = self.control.restriction_at()
        known = held is not None and bool(held.reference_weight)
        return self.control.weighing_at() is None and not (self.is_on_first_day and known)

    @property
    def remaining(self) -> float:
        """The water still to be given today, in mL."""
        return self.control.remaining_water()

    @property
    def is_not_watered(self) -> bool:
        """Whether water is due, and the last was given 23 hours ago or more."""
        if self.is_on_first_day or self.remaining <= 0:
            return False
        return self.last_water is None or self.now - self.last_water >= THIRSTY_AFTER

    @property
    def is_to_train(self) -> bool:
        """Whether it was trained in the last week, but not today."""
        if self.last_session is None or self.now - self.last_session > TRAINED_WITHIN:
            return False
        return day_of(self.subject.lab, self.last_session) < self.today


def is_light(percent: float, least: float) -> bool:
    """Tell whether a weight in % is known, and at most 2 % above the least."""
    return 0 < percent <= least + MARGIN


def restricted_subjects(now: datetime) -> QuerySet[Subject]:
    """Return living subjects under a restriction that has begun and not ended."""
    open_ones = WaterRestriction.objects.filter(start_time__lte=now).exclude(end_time__lte=now)
    rows = Subject.objects.filter(living(now.date()), pk__in=open_ones.order_by().values("subject"))
    return rows.select_related("lab", "responsible_user").order_by("nickname", "pk")


def load_conditions(
    subjects: Sequence[Subject], now: datetime | None = None, *, training: bool = True
) -> list[Condition]:
    """Read how subjects are; eight queries at most, seven without when they were trained, however many they are.

    Raises
    ------
    Exception
        Whatever the data of one subject raises; :func:`load_each` goes on without that one.
    """
    now = now or timezone.now()
    controls = load_water_today(subjects, now=now)
    water = _last(WaterAdministration.objects.filter(date_time__lte=now), "date_time", subjects)
    trained = Session.objects.filter(start_time__lte=now)
    sessions = _last(trained, "start_time", subjects) if training else {}
    return [
        Condition(subject, controls[subject.pk], now, water.get(subject.pk), sessions.get(subject.pk))
        for subject in subjects
    ]


def load_each(
    subjects: Sequence[Subject], now: datetime, failures: list[str], *, training: bool = True
) -> list[Condition]:
    """Read how subjects are; where the data of one raise, the others are read, and it is named in ``failures``."""
    try:
        return load_conditions(subjects, now, training=training)
    except Exception:
        logger.exception("the weights and water of %d subjects are read one by one", len(subjects))
    found: list[Condition] = []
    for subject in subjects:
        try:
            found += load_conditions([subject], now, training=training)
        except Exception as error:
            logger.exception("the weights and water of %s cannot be read", subject)
            failures.append(f"{subject}: {error}")
    return found


def _last(rows: QuerySet, column: str, subjects: Sequence[Subject]) -> dict[UUID, datetime]:  # type: ignore[type-arg]
    own = rows.filter(subject__in=[one.pk for one in subjects]).order_by()
    return dict(own.values_list("subject").annotate(last=Max(column)).values_list("subject", "last"))
