"""What happened to a pair, in order. Pure, on rows that were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bregma.alyx.subjects.models import BreedingPair, Litter


@dataclass(frozen=True)
class Happening:
    """Something on a day: its words, where it leads, and more words."""

    day: date
    words: str
    url: str = ""
    more: str = ""


def pair_timeline(pair: BreedingPair) -> list[Happening]:
    """Return what happened to a loaded pair, the latest first."""
    found = [*_of_pair(pair), *_of_plugs(pair)]
    for litter in pair.litter_set.all():
        found += _of_litter(litter)
    return sorted(found, key=lambda one: one.day, reverse=True)


def pups_in_words(litter: Litter) -> str:
    """Say how many pups a litter had, as far as they were counted."""
    counted = [
        (litter.n_males, "male", "males"),
        (litter.n_females, "female", "females"),
        (litter.n_unknown, "of unknown sex", "of unknown sex"),
        (litter.n_dead, "born dead", "born dead"),
        (litter.n_lost, "lost later", "lost later"),
    ]
    return ", ".join(f"{n} {one if n == 1 else more}" for n, one, more in counted if n)


def _of_pair(pair: BreedingPair) -> Iterator[Happening]:
    if pair.start_date:
        yield Happening(pair.start_date, "Put together")
    if pair.end_date:
        yield Happening(pair.end_date, "Taken apart")


def _of_plugs(pair: BreedingPair) -> Iterator[Happening]:
    for plug in pair.plugs.all():
        more = " · ".join(filter(None, [f"seen by {plug.user}" if plug.user else "", plug.description]))
        yield Happening(plug.date, f"{'Plug' if plug.found else 'No plug'}: {plug.mother}", more=more)


def _of_litter(litter: Litter) -> Iterator[Happening]:
    url = reverse("litter", args=[litter.pk])
    mother = f"of {litter.mother}" if litter.mother else ""
    if litter.birth_date:
        words = " · ".join(filter(None, [pups_in_words(litter), mother]))
        yield Happening(litter.birth_date, f"Born: {litter.name}", url, words)
    if litter.wean_date:
        yield Happening(litter.wean_date, f"Weaned: {litter.name}", url)
