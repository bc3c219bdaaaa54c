"""The annual return: animals by severity, licence, species and genetic status, created or used.

An animal counts once for each licence, in the year in which its procedures ended: the day on which its use ended, or
that of its death, whichever came first. Animals whose procedures go on count in a later year. It counts as *used* if it
had a surgery, an injection, a water restriction or a session; else as *created*: bred under the licence and not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Value, When
from django.db.models.functions import Coalesce, ExtractYear, Least

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, Surgery, VirusInjection, WaterRestriction
from bregma.alyx.colony.models import LicenceUse
from bregma.alyx.subjects.models import Line, Subject, Zygosity

if TYPE_CHECKING:
    from django.db.models import QuerySet

HEAD = ("Year", "Licence", "Species", "Line", "Genetic status", "Created or used", "Severity", "Animals")
ALTERED, WILD, UNKNOWN = "genetically altered", "not genetically altered", "not genotyped"


@dataclass(frozen=True)
class ReturnLine:
    """Animals that count together."""

    year: int
    licence: str
    species: str
    line: str
    status: str
    kind: str
    severity: int | None
    animals: int

    @property
    def severity_words(self) -> str:
        """The severity; an animal without one cannot be returned yet."""
        return Subject.Severity(self.severity).label if self.severity else "not assessed"

    @property
    def cells(self) -> tuple[Any, ...]:
        """What a file holds, in the order of :data:`HEAD`."""
        place = (self.year, self.licence, self.species, self.line, self.status, self.kind)
        return (*place, self.severity_words, self.animals)


def ended_uses(user: policy.User, year: int | None = None) -> QuerySet[Any]:
    """Return the uses that a person may read and that ended, in a year, with ``ended``, ``kind`` and ``status``."""
    rows: QuerySet[Any] = policy.readable(user, LicenceUse.objects.all())
    rows = rows.annotate(ended=Least(F("end_date"), F("subject__death_date"))).filter(ended__isnull=False)
    if year is not None:
        rows = rows.filter(ended__range=(date(year, 1, 1), date(year, 12, 31)))
    found: QuerySet[Any] = rows.annotate(kind=_kind(), status=_status())
    return found


def compute_return(user: policy.User, year: int) -> list[ReturnLine]:
    """Count the animals of one year; one query."""
    rows = ended_uses(user, year)
    keys = {
        "licence_number": F("licence__number"),
        "species": Coalesce(F("subject__species__name"), Value("")),
        "line": Coalesce(F("subject__line__nickname"), Value("")),
        "severity": F("subject__actual_severity"),
    }
    names = ("licence_number", "species", "line", "status", "kind", "severity")
    counted = rows.order_by().annotate(**keys).values_list(*names).annotate(n=Count("pk"))
    order = ("licence_number", "species", "line", "status", "kind", F("severity").asc(nulls_first=True))
    return [ReturnLine(year, *row) for row in counted.order_by(*order)]


def list_unassessed(user: policy.User, year: int) -> list[Subject]:
    """Return the animals of a year whose severity nobody has said; one query."""
    rows = ended_uses(user, year).filter(subject__actual_severity__isnull=True)
    return list(Subject.objects.filter(pk__in=rows.values("subject")).order_by("nickname")[:200])


def list_years(user: policy.User) -> list[int]:
    """Return the years with something to return, the last first; one query."""
    found = ended_uses(user).order_by().annotate(year=ExtractYear("ended")).values_list("year", flat=True).distinct()
    return sorted(found, reverse=True)


def _kind() -> Case:
    of_subject = {"subject": OuterRef("subject")}
    procedures = [Exists(model.objects.filter(**of_subject)) for model in (Surgery, VirusInjection, WaterRestriction)]
    conditions = [When(one, then=Value("used")) for one in (*procedures, Exists(Session.objects.filter(**of_subject)))]
    return Case(*conditions, default=Value("created"), output_field=CharField())


def _status() -> Case:
    """Judge by the alleles that were found; without genotypes, by whether the line carries alleles."""
    genotypes = Zygosity.objects.filter(subject=OuterRef("subject"))
    alleles = Line.alleles.through.objects.filter(line=OuterRef("subject__line"))
    return Case(
        When(Exists(genotypes.exclude(zygosity=Zygosity.Copies.ABSENT)), then=Value(ALTERED)),
        When(Exists(genotypes), then=Value(WILD)),
        When(Exists(alleles), then=Value(UNKNOWN)),
        default=Value(WILD),
        output_field=CharField(),
    )
