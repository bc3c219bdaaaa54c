"""Which copies servers still lack: told, looked for in the own store, and queued for those who have the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord
from bregma.alyx.data.own_store import holds

if TYPE_CHECKING:
    from bregma.alyx.misc.models import LabMember

MOST_LOOKED_AT = 10_000
"""How many files of the own store one request looks for."""


def missing_copies() -> QuerySet[FileRecord]:
    """Return the records of files that a server ought to hold and does not."""
    return FileRecord.objects.filter(exists=False).exclude(data_repository__globus_is_personal=True)


def waiting_paths() -> list[str]:
    """List the paths of files that a server lacks and that wait elsewhere, those of the newest datasets first."""
    lacking = missing_copies().order_by().values("dataset")
    rows = FileRecord.objects.filter(dataset__in=lacking)
    rows = rows.filter(Q(data_repository__globus_is_personal=True) | Q(json__has_key="transfer_pending"))
    paths = rows.order_by("-dataset__created_datetime", "pk").values_list("relative_path", flat=True)
    return list(dict.fromkeys(paths))


@transaction.atomic
def queue_copies(*, by: LabMember) -> None:
    """Note which files have arrived in the own store, and mark the others that some repository can send.

    The mark, ``transfer_pending`` in the record, is what programs that copy files between repositories look for.

    Raises
    ------
    PermissionDenied
        Unless the person may write repositories.
    """
    policy.check_may_write(by, DataRepository())
    _note_arrivals()
    sources = FileRecord.objects.order_by().filter(dataset=OuterRef("dataset"), exists=True)
    rows = missing_copies().order_by().filter(Exists(sources))
    rows = rows.filter(Q(json__isnull=True) | ~Q(json__has_key="transfer_pending"))
    marked = list(rows.only("json"))
    for record in marked:
        record.json = {**(record.json if isinstance(record.json, dict) else {}), "transfer_pending": True}
    FileRecord.objects.bulk_update(marked, ["json"], batch_size=1000)


def _note_arrivals() -> None:
    """Look for files of the own store that count as missing."""
    own = missing_copies().filter(Q(data_repository__data_url__isnull=True) | Q(data_repository__data_url=""))
    rows = own.select_related("data_repository", "dataset__session__lab").order_by("pk")[:MOST_LOOKED_AT]
    there = [record for record in rows if holds(record)]
    FileRecord.objects.filter(pk__in=[record.pk for record in there]).update(exists=True, json=None)
    keys = {record.dataset_id for record in there}
    Dataset.objects.filter(pk__in=keys).update(auto_datetime=timezone.now())
