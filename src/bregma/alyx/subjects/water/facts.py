"""What water control is computed from, as plain data: aware moments, grams and millilitres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo
    from uuid import UUID


class Point(NamedTuple):
    """A weight at a moment: of the subject, or of the implant that it carries from then on."""

    when: datetime
    grams: float


class Drink(NamedTuple):
    """Water given at a moment; none was measured where the amount is None."""

    when: datetime
    millilitres: float | None
    in_session: bool


class Restriction(NamedTuple):
    """A time of measured water; open without an end. A reference weight of 0 stands for the last weighing before."""

    start: datetime
    end: datetime | None
    reference_weight: float


@dataclass(frozen=True, slots=True)
class Shares:
    """The fractions of the weight that a lab asks for, between 0 and 1.

    Attributes
    ----------
    reference : float
        Of the weight before restriction.
    zscore : float
        Of the weight expected of a mouse that grows as the growth table says.
    stop : float
        The fraction of the expected weight below which a restriction must stop.
    """

    reference: float = 0.0
    zscore: float = 0.0
    stop: float = 0.75

    @property
    def total(self) -> float:
        """The fraction of the expected weight below which a subject is too light."""
        return self.reference + self.zscore


@dataclass(frozen=True, slots=True)
class WaterFacts:
    """All that is known of a subject's weights and water."""

    key: UUID
    nickname: str
    zone: tzinfo
    sex: str = "U"
    birth: date | None = None
    death: date | None = None
    shares: Shares = Shares()
    weighings: tuple[Point, ...] = ()
    drinks: tuple[Drink, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    implants: tuple[Point, ...] = ()
