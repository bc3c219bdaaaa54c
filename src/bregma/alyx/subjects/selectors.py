"""Reads subjects with all that a page or an answer shows of them, in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.errors import AmbiguousName, UnknownName
from bregma.alyx.subjects.models import SYMBOLS, Project, Subject, Zygosity

if TYPE_CHECKING:
    from datetime import date


def _subjects(user: Any) -> QuerySet[Subject]:
    projects = _projects(user).filter(session__subject=OuterRef("pk")).distinct().order_by()
    joined = Subject.objects.select_related("responsible_user", "species", "litter", "strain", "source", "line", "lab")
    return joined.annotate(session_project_names=ArraySubquery(projects.values("name")))


def _projects(user: Any) -> QuerySet[Project]:
    return policy.readable(user, Project.objects.all())


def listed_subjects(user: Any) -> QuerySet[Subject]:
    """Return subjects with names alone of what each has several of: one query for any number of them."""
    projects = _projects(user).filter(subject=OuterRef("pk")).order_by("name")
    copies = Case(*(When(zygosity=number, then=Value(symbol)) for number, symbol in SYMBOLS.items()))
    alleles = Zygosity.objects.filter(subject=OuterRef("pk"), allele__line=OuterRef("line")).order_by(
        "allele__nickname"
    )
    words = Concat("allele__nickname", Value(" "), copies)
    return _subjects(user).annotate(
        project_names=ArraySubquery(projects.values("name")),
        genotype_words=ArraySubquery(alleles.order_by("allele__nickname").values(words=words)),
    )


def subjects_with_all(user: Any) -> QuerySet[Subject]:
    """Return subjects with lab, line, genotype, and their projects and those of their sessions that one may see."""
    projects = Prefetch("projects", _projects(user))
    return _subjects(user).prefetch_related(projects, "zygosity_set__allele", "line__alleles")


def subject_details_for(user: Any) -> QuerySet[Subject]:
    """Return subjects as :func:`subjects_with_all`, with weighings and water as far as the person may see them."""
    weighings = policy.readable(user, Weighing.objects.select_related("user"))
    water = policy.readable(user, WaterAdministration.objects.select_related("user", "water_type"))
    return subjects_with_all(user).prefetch_related(
        Prefetch("weighings", weighings), Prefetch("water_administrations", water)
    )


def living(day: date | None = None) -> Q:
    """Make a condition: the subject lives on a day, today by default."""
    day = day or timezone.now().date()
    return Q(death_date__isnull=True) | Q(death_date__gt=day)


def water_restricted() -> Q:
    """Make a condition: the subject has a water restriction that has not ended."""
    return Q(pk__in=WaterRestriction.objects.filter(end_time__isnull=True).order_by().values("subject"))


def find_subject(nickname: str, *, lab: str | None = None) -> Subject:
    """Return the one subject with a nickname.

    Raises
    ------
    UnknownName
        If there is none.
    AmbiguousName
        If several labs have one and no lab is given.
    """
    rows = Subject.objects.select_related("lab", "responsible_user").filter(nickname=nickname)
    found = list(rows.filter(lab__name=lab) if lab else rows)
    if not found:
        raise UnknownName(f'A subject with nickname "{nickname}" does not exist.')
    if len(found) > 1:
        labs = ", ".join(sorted(subject.lab.name for subject in found))
        raise AmbiguousName(f"several subjects are called {nickname!r}, in labs {labs}; give the lab")
    return found[0]
