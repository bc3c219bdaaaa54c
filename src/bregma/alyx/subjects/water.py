"""How much water a restricted subject needs today; one query for any number of subjects.

Growth curves are not known here, so a lab's z-score share counts towards the reference weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing

if TYPE_CHECKING:
    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject

NEEDED_WHEN_LIGHT = 0.05  # mL per g of body weight, below the lab's share of the expected weight
NEEDED = 0.04  # mL per g of body weight


@dataclass(frozen=True, slots=True)
class WaterState:
    """A subject's water today: grams, millilitres; zeros where nothing is known."""

    reference_weight: float = 0.0
    last_restriction: datetime | None = None
    expected: float = 0.0
    remaining: float = 0.0


def with_water(subjects: QuerySet[Subject], now: datetime | None = None) -> QuerySet[Subject]:
    """Add the columns that :func:`water_state` reads."""
    now = now or timezone.now()
    restrictions = WaterRestriction.objects.filter(subject=OuterRef("pk"), start_time__lte=now).order_by("-start_time")
    weighings = Weighing.objects.filter(subject=OuterRef("pk"), date_time__lte=now).order_by("-date_time")
    before = weighings.filter(date_time__lte=OuterRef("restriction_start"))
    return subjects.annotate(
        restriction_start=Subquery(restrictions.values("start_time")[:1]),
        last_weight=Subquery(weighings.values("weight")[:1]),
        water_today=Coalesce(Subquery(_given_since(now)), 0.0),
    ).annotate(
        weight_at_start=Coalesce(
            NullIf(Subquery(restrictions.values("reference_weight")[:1]), 0.0),
            Subquery(before.values("weight")[:1]),
            0.0,
        )
    )


def _given_since(now: datetime) -> QuerySet[Any, Any]:
    """Sum the water given today, in UTC."""
    start = datetime.combine(now.date(), time.min, tzinfo=now.tzinfo)
    given = WaterAdministration.objects.filter(
        subject=OuterRef("pk"), date_time__gte=start, date_time__lt=start + timedelta(days=1)
    )
    return given.order_by().values("subject").annotate(total=Sum("water_administered")).values("total")


def water_state(subject: Subject) -> WaterState:
    """Compute a subject's water from the columns of :func:`with_water`; zeros where it has none of them."""
    if not hasattr(subject, "restriction_start"):
        return WaterState()
    start: datetime | None = subject.restriction_start
    weight: float = getattr(subject, "last_weight", None) or 0.0
    reference: float = getattr(subject, "weight_at_start", 0.0)
    needed = needed_water(weight, reference, share=share_of(subject.lab))
    return WaterState(reference, start, needed, needed - getattr(subject, "water_today", 0.0))


def needed_water(weight: float, reference: float, *, share: float) -> float:
    """Compute the water a subject needs in a day, in mL.

    Parameters
    ----------
    weight, reference : float
        Body weight now and before restriction, in g.
    share : float
        The share of the expected weight below which the subject counts as light, between 0 and 1.
    """
    expected = reference if share else 0.0
    rate = NEEDED_WHEN_LIGHT if weight < share * expected else NEEDED
    return rate * weight


def share_of(lab: Lab) -> float:
    """Return the share of the expected weight that a lab asks for."""
    return lab.reference_weight_pct + lab.zscore_weight_pct
