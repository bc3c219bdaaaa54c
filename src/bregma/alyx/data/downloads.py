"""Counts who downloaded what."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.data.models import Dataset, Download
from bregma.alyx.errors import InvalidRequest, UnknownName
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@transaction.atomic
def count_downloads(
    datasets: Sequence[str], projects: Sequence[str], *, person: str = "", by: LabMember
) -> list[Download]:
    """Count one more download of each dataset, for the projects named; a constant number of queries.

    Parameters
    ----------
    datasets : uuids
        Which the person may see.
    projects : names
        What the data are used for.
    person : str
        Whom to count it for; empty: the person who asks.

    Returns
    -------
    list of Download
        In the order of the datasets.

    Raises
    ------
    PermissionDenied
        If somebody else is named, unless a superuser asks.
    InvalidRequest, UnknownName
        If a key is none, or there is no such dataset, project or account.
    """
    user = _person(person, by)
    policy.check_may_write(by, Download(user=user))
    keys = [_key(text) for text in datasets]
    _check_readable(keys, by)
    Download.objects.bulk_create([Download(user=user, dataset_id=key) for key in set(keys)], ignore_conflicts=True)
    rows = Download.objects.filter(user=user, dataset__in=keys)
    rows.update(count=F("count") + 1, last_download=timezone.now())
    found = {row.dataset_id: row for row in rows}
    _add_projects(found.values(), _projects(projects, by))
    return [found[key] for key in keys]


def _person(name: str, by: LabMember) -> LabMember:
    if name in ("", by.username):
        return by
    if not by.is_superuser:
        raise PermissionDenied(f"only a superuser may count downloads of {name!r}; leave user out")
    found = LabMember.objects.filter(username=name).first()
    if found is None:
        raise UnknownName(f"no user is called {name!r}; leave user out")
    return found


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidRequest(f"dataset {text!r} is not a uuid") from error


def _check_readable(keys: Sequence[UUID], by: LabMember) -> None:
    rows = Dataset.objects.order_by().filter(pk__in=keys)
    missing = set(keys) - set(policy.readable(by, rows).values_list("pk", flat=True))
    if missing:
        raise UnknownName(f"no dataset has the id {', '.join(sorted(map(str, missing)))}")


def _projects(names: Sequence[str], by: LabMember) -> list[Project]:
    wanted = {name for name in names if name}
    found = list(policy.readable(by, Project.objects.filter(name__in=wanted))) if wanted else []
    missing = wanted - {project.name for project in found}
    if missing:
        raise UnknownName(f"no project is called {', '.join(sorted(missing))}")
    return found


def _add_projects(downloads: Iterable[Download], projects: Sequence[Project]) -> None:
    through = Download.projects.through
    links = [through(download=row, project=project) for row in downloads for project in projects]
    through.objects.bulk_create(links, ignore_conflicts=True)
