"""Which repositories hold the files of a lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.data.models import DataRepository
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.alyx.misc.models import Lab


def find_repository(*, name: str | None = None, hostname: str | None = None) -> DataRepository | None:
    """Return the repository that a request names, None if it names none.

    Raises
    ------
    InvalidRequest
        If there is no such repository.
    """
    if not name and not hostname:
        return None
    rows = DataRepository.objects.filter(name=name) if name else DataRepository.objects.filter(hostname=hostname)
    found = rows.first()
    if found is None:
        raise InvalidRequest("The specified repository does not exist.")
    return found


def repositories_of(
    labs: Iterable[Lab], also: DataRepository | None, *, server_only: bool = False
) -> list[DataRepository]:
    """Return the repositories of labs, and one more; a lab that has none gets a folder of this server's store.

    With ``server_only`` those of labs are on servers; the one more may be on a personal computer.
    """
    labs = list(labs)
    rows = {row.pk: row for row in DataRepository.objects.filter(lab__in=labs).distinct()}
    if also is not None:
        rows[also.pk] = also
    if not rows:
        rows = {row.pk: row for row in map(own_repository, labs)}
    return [row for row in rows.values() if row == also or not (server_only and row.globus_is_personal)]


def own_repository(lab: Lab) -> DataRepository:
    """Return the lab's folder of this installation's store, made if it is missing."""
    repository, _ = DataRepository.objects.get_or_create(
        name=f"local_{lab.name}", defaults={"globus_is_personal": False, "timezone": lab.timezone}
    )
    lab.repositories.add(repository)
    return repository
