"""Query parameters that choose insertions and fields of view by their datasets."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from bregma.alyx import policy
from bregma.alyx.api.filters import WireFilterSet, names_of, qc_of
from bregma.alyx.data.models import Dataset


class DatasetsFilterSet(WireFilterSet):
    """Choose rows by the datasets of their folder, as far as the person may read them.

    Attributes
    ----------
    owner : str
        The relation from datasets to the rows.
    """

    owner: ClassVar[str]

    dataset_types = django_filters.CharFilter(method="filter_datasets", label="Dataset types it has, all of them")
    datasets = django_filters.CharFilter(method="filter_datasets", label="File names it has, all of them")

    def filter_datasets(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows that have all of some files or dataset types."""
        datasets = self.readable_datasets()
        if name == "datasets":
            datasets = datasets.filter(qc__lte=qc_of(self.asked("dataset_qc_lte") or "FAIL"))
        column = "name" if name == "datasets" else "dataset_type__name"
        for one in names_of(value):
            rows = rows.filter(Exists(datasets.filter(**{column: one})))
        return rows

    def readable_datasets(self) -> QuerySet[Dataset]:
        """Return the datasets of a row that the person may read."""
        return policy.readable(self.person, Dataset.objects.order_by().filter(**{self.owner: OuterRef("pk")}))
