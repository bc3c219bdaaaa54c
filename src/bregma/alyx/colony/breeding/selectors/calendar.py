"""What happens in breeding on which day: plugs, births and weanings, those that were and those that are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.colony.breeding.selectors.dates import open_on
from bregma.alyx.colony.breeding.selectors.litters import litter_rows
from bregma.alyx.colony.breeding.selectors.pairs import pair_rows
from bregma.alyx.colony.breeding.species import CHECKING_DAYS
from bregma.alyx.colony.models import Plug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from bregma.alyx.subjects.models import BreedingPair, Litter

OLD_MONTHS = 6
DAYS_OF_MONTH = 30.4


class What(Enum):
    """Kinds of events, in the words of the calendar."""

    CHECK = "Check for a plug"
    NO_PLUG = "No plug"
    PLUG = "Plug"
    DUE = "Birth due"
    BORN = "Born"
    WEAN = "Wean"
    WEANED = "Weaned"
    OLD = "Old breeders"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {What.DUE: "info", What.WEAN: "warn", What.BORN: "good", What.WEANED: "good"}.get(self, "")


@dataclass(frozen=True)
class Event:
    """Something on a day, of a pair or litter; ``late`` if the day went by and nothing was entered."""

    day: date
    what: What
    of: str
    url: str
    late: bool = False


@dataclass(frozen=True)
class Breeding:
    """The events of a stretch of days, and the work of the next days, the oldest first."""

    events: dict[date, list[Event]]
    due: list[Event]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which days to look at; ``soon``: how many days ahead work is listed; ``months``: when breeders are old."""

    first: date
    last: date
    today: date
    soon: int = 7
    months: int = OLD_MONTHS


def load_breeding(user: Any, span: Span) -> Breeding:
    """Return what happens in breeding, as far as a person may see it; three queries."""
    within = (span.first, span.last)
    pairs = pair_rows(user).filter(open_on(span.today))
    litters = litter_rows(user).filter(
        Q(wean_due__isnull=False) | Q(wean_date__range=within) | Q(birth_date__range=within)
    )
    plugs = policy.readable(user, Plug.objects.select_related("mother")).filter(date__range=within)
    past, work = list(_of_plugs(plugs)), list(_of_pairs(pairs, span))
    for litter in litters:
        past += _of_litter(litter)
        work += _to_wean(litter, span.today)
    events: dict[date, list[Event]] = {}
    for event in sorted((*past, *work), key=_order):
        if span.first <= event.day <= span.last:
            events.setdefault(event.day, []).append(event)
    ahead = span.today + timedelta(days=span.soon)
    return Breeding(events, sorted((event for event in work if event.day <= ahead), key=_order))


def _of_plugs(plugs: Iterable[Plug]) -> Iterator[Event]:
    for plug in plugs:
        what = What.PLUG if plug.found else What.NO_PLUG
        yield Event(plug.date, what, str(plug.mother), reverse("breeding-pair", args=[plug.breeding_pair_id]))


def _of_pairs(pairs: Iterable[BreedingPair], span: Span) -> Iterator[Event]:
    """Yield what is to be done with pairs that are together."""
    for pair in pairs:
        url = reverse("breeding-pair", args=[pair.pk])
        due: date | None = pair.due_on  # type: ignore[attr-defined]
        if due is not None:
            yield Event(due, What.DUE, pair.name, url, late=due < span.today)
        if pair.start_date is None:
            continue
        fresh = not pair.plugged_on and not pair.n_litters  # type: ignore[attr-defined]
        if fresh and pair.start_date < span.today <= pair.start_date + timedelta(days=CHECKING_DAYS):
            yield Event(span.today, What.CHECK, pair.name, url)
        old = pair.start_date + timedelta(days=round(span.months * DAYS_OF_MONTH))
        yield Event(old, What.OLD, pair.name, url, late=old < span.today)


def _of_litter(litter: Litter) -> list[Event]:
    url = reverse("litter", args=[litter.pk])
    days = [(litter.birth_date, What.BORN), (litter.wean_date, What.WEANED)]
    return [Event(day, what, litter.name, url) for day, what in days if day]


def _to_wean(litter: Litter, today: date) -> list[Event]:
    due: date | None = litter.wean_due  # type: ignore[attr-defined]
    if due is None:
        return []
    return [Event(due, What.WEAN, litter.name, reverse("litter-wean", args=[litter.pk]), late=due < today)]


def _order(event: Event) -> tuple[Any, ...]:
    return event.day, list(What).index(event.what), event.of
