"""Reads lines: how many live, and how well they breed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.colony.breeding.numbers import born, born_alive
from bregma.alyx.colony.breeding.selectors.dates import open_on
from bregma.alyx.colony.breeding.statistics import LineStatistics, LitterCount, PairTime, bin_ages, compute_statistics
from bregma.alyx.subjects.models import Allele, BreedingPair, Line, Litter, Subject
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from datetime import date


def line_rows(user: Any) -> QuerySet[Line]:
    """Return the lines that a person may read, with ``n_alive``, ``n_pairs`` (open), ``n_litters``, ``n_recent``."""
    today = timezone.localdate()
    recent = Litter.objects.filter(birth_date__gte=today - timedelta(days=90))
    rows = policy.readable(user, Line.objects.select_related("lab", "strain", "species"))
    return rows.prefetch_related("alleles").annotate(
        n_alive=_count(Subject.objects.filter(living())),
        n_pairs=_count(BreedingPair.objects.filter(open_on(today))),
        n_litters=_count(Litter.objects.all()),
        n_recent=_count(recent),
    )


def load_line(user: Any, pk: Any) -> Line | None:
    """Return a line with its alleles and their sequences, if the person may read it; three queries."""
    alleles = Allele.objects.prefetch_related("sequences")
    return (
        line_rows(user)
        .select_related("source")
        .prefetch_related(None)
        .prefetch_related(Prefetch("alleles", alleles))
        .filter(pk=pk)
        .first()
    )


@dataclass(frozen=True)
class LineNumbers:
    """The statistics of a line, and the ages in weeks of its living animals by sex."""

    statistics: LineStatistics
    ages: dict[int, dict[str, int]]


def load_numbers(user: Any, line: Line, today: date) -> LineNumbers:
    """Return the numbers of a line from what a person may see; three queries."""
    pairs = policy.readable(user, BreedingPair.objects.filter(line=line)).order_by()
    times = [PairTime(*row) for row in pairs.values_list("pk", "start_date", "end_date")]
    statistics = compute_statistics(_counts(user, line), times, today)
    alive = policy.readable(user, Subject.objects.filter(living(), line=line, birth_date__isnull=False)).order_by()
    births: list[tuple[str, Any]] = list(alive.values_list("sex", "birth_date"))
    by_sex = {sex: bin_ages([born_on for one, born_on in births if one == sex], today) for sex in ("M", "F", "U")}
    weeks = sorted({week for counted in by_sex.values() for week in counted})
    return LineNumbers(statistics, {week: {sex: by_sex[sex].get(week, 0) for sex in by_sex} for week in weeks})


def _counts(user: Any, line: Line) -> list[LitterCount]:
    """Return what is known of each litter: the numbers that were counted, else those of its subjects."""
    rows = policy.readable(user, Litter.objects.filter(line=line)).order_by("birth_date")
    return [
        _count_of(litter)
        for litter in rows.annotate(
            n_subjects=Count("subject"),
            n_sons=Count("subject", filter=Q(subject__sex="M")),
            n_daughters=Count("subject", filter=Q(subject__sex="F")),
            n_grown=Count("subject", filter=Q(subject__wean_date__isnull=False)),
        )
    ]


def _count_of(litter: Any) -> LitterCount:
    alive = born_alive(litter)
    weaned = litter.wean_date is not None
    return LitterCount(
        pair=litter.breeding_pair_id,
        birth_date=litter.birth_date,
        n_born=born(litter) if alive is not None else litter.n_subjects or None,
        n_alive=alive if alive is not None else litter.n_subjects or None,
        n_males=max(litter.n_sons, litter.n_males or 0),
        n_females=max(litter.n_daughters, litter.n_females or 0),
        n_weaned=litter.n_grown if weaned and alive is not None else None,
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Return how many rows of a table belong to the line, as a subquery."""
    mine = rows.filter(line=OuterRef("pk")).order_by().values("line")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n"), IntegerField()), 0)
