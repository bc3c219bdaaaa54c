"""The front page of the admin: what needs attention, and where things are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Q

from bregma.alyx import policy
from bregma.alyx.actions.models import WaterRestriction
from bregma.alyx.admin_site.sidebar import GROUPS, Group, address, tables_of
from bregma.alyx.colony.models import AdverseEvent, Cage
from bregma.alyx.jobs.models import Task
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


@dataclass(frozen=True)
class Figure:
    """A number worth knowing, and the list of what it counts."""

    words: str
    n: int
    link: str


@dataclass(frozen=True)
class Shortcut:
    """A table on the front page."""

    title: str
    icon: str
    list: str
    add: str


@dataclass(frozen=True)
class Section:
    """A group of tables on the front page."""

    group: Group
    tables: tuple[Shortcut, ...]


def describe(request: HttpRequest, context: Mapping[str, Any]) -> dict[str, Any]:
    """Add to the front page its figures and shortcuts; five queries, however much there is."""
    sections = [Section(group, _shortcuts(group, request)) for group in GROUPS]
    shown = [section for section in sections if section.tables]
    return {**context, "title": "All tables", "figures": figures_for(request.user), "sections": shown}


def figures_for(user: Any) -> list[Figure]:
    """Count what needs attention among what a person may see."""
    subjects = policy.readable(user, Subject.objects.all()).aggregate(
        living=Count("pk", filter=Q(death_date__isnull=True)),
        to_genotype=Count("pk", filter=Q(death_date__isnull=True, to_be_genotyped=True)),
        to_cull=Count("pk", filter=Q(death_date__isnull=True, to_be_culled=True)),
    )
    living = address(Subject) + "?death_date__isempty=1"
    restricted = policy.readable(user, WaterRestriction.objects.filter(end_time__isnull=True)).count()
    cages = policy.readable(user, Cage.objects.filter(closed_on__isnull=True)).count()
    events = policy.readable(user, AdverseEvent.objects.filter(resolved_at__isnull=True)).count()
    errored = policy.readable(user, Task.objects.filter(status=Task.Status.ERRORED)).count()
    return [
        Figure("living subjects", subjects["living"], living),
        Figure("on water restriction", restricted, address(WaterRestriction) + "?end_time__isempty=1"),
        Figure("to genotype", subjects["to_genotype"], f"{living}&to_be_genotyped__exact=1"),
        Figure("to cull", subjects["to_cull"], f"{living}&to_be_culled__exact=1"),
        Figure("open cages", cages, address(Cage) + "?closed_on__isempty=1"),
        Figure("adverse events going on", events, address(AdverseEvent) + "?resolved_at__isempty=1"),
        Figure("tasks with errors", errored, address(Task) + f"?status__exact={Task.Status.ERRORED}"),
    ]


def _shortcuts(group: Group, request: HttpRequest) -> tuple[Shortcut, ...]:
    found = []
    for model, icon in tables_of(group):
        table = admin.site.get_model_admin(model)
        if table.has_view_permission(request):
            add = address(model, "add") if table.has_add_permission(request) else ""
            name = str(model._meta.verbose_name_plural)
            found.append(Shortcut(name[:1].upper() + name[1:], icon, address(model), add))
    return tuple(found)
