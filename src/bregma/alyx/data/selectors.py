"""Reads datasets with all that an answer shows of them, in a constant number of queries."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Collate, JSONObject

from bregma.alyx import policy
from bregma.alyx.data.models import Dataset, FileRecord, Tag


def _records() -> QuerySet[FileRecord]:
    return FileRecord.objects.select_related("data_repository").order_by("pk")


def on_a_server() -> Q:
    """Make a condition: a repository that is no personal computer holds the file."""
    return Q(Exists(_server_copies().filter(exists=True)))


def for_a_server() -> Q:
    """Make a condition: a repository that is no personal computer has a record of the file, held or not."""
    return Q(Exists(_server_copies()))


def _server_copies() -> QuerySet[FileRecord]:
    rows = FileRecord.objects.order_by().filter(dataset=OuterRef("pk"))
    return rows.exclude(data_repository__globus_is_personal=True)


def tagged(user: Any, part: str) -> Q:
    """Make a condition: the dataset has a tag that a person may see, with this in its name."""
    return Q(tags__in=policy.readable(user, Tag.objects.order_by().filter(name__icontains=part)))


def listed_datasets(user: Any) -> QuerySet[Dataset]:
    """Return datasets with session, files, tags, and whether they are protected and public."""
    tags = Tag.objects.filter(datasets=OuterRef("pk"))
    return detailed_datasets(user).annotate(
        is_protected=Exists(tags.filter(protected=True)), is_public=Exists(tags.filter(public=True))
    )


def detailed_datasets(user: Any) -> QuerySet[Dataset]:
    """Return datasets with session, files and the tags that a person may see, the newest first.

    Tags that protect are named to all who see the dataset, as is that they protect it.
    """
    seen = policy.readable(user, Tag.objects.order_by()).values("pk")
    tags = Prefetch("tags", Tag.objects.filter(Q(protected=True) | Q(pk__in=seen)))
    joined = ("session__lab", "session__subject__lab", "created_by", "dataset_type", "data_format", "revision")
    return Dataset.objects.select_related(*joined).prefetch_related(Prefetch("file_records", _records()), tags)


def datasets_on_servers() -> QuerySet[Dataset]:
    """Return the datasets that can be downloaded, as a session's answer lists them: one query, with ``copy``.

    That is the path of the copy that clients get, and the URL of its repository: of the repository whose name comes
    last, before those on personal computers.
    """
    served = Q(data_repository__data_url__gt="") | ~Q(data_repository__globus_is_personal=True)
    copies = FileRecord.objects.filter(served, dataset=OuterRef("pk"), exists=True).order_by(
        Coalesce("data_repository__globus_is_personal", False), Collate("data_repository__name", "C").desc()
    )
    copy = copies.values(copy=JSONObject(path="relative_path", url="data_repository__data_url"))[:1]
    rows = Dataset.objects.filter(on_a_server()).annotate(type_name=F("dataset_type__name"), copy=Subquery(copy))
    return rows.order_by("collection", "name", "id")
