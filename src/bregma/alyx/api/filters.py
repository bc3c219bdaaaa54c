"""Query parameters of lists: what all endpoints share."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib.postgres.fields import ArrayField
from django.db.models import FileField, JSONField, Q, QuerySet
from django.utils.dateparse import parse_date
from django_filters.filterset import filterset_factory
from django_filters.rest_framework import DjangoFilterBackend, FilterSet

from bregma.alyx import policy
from bregma.alyx.api.terms import apply_terms
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.records import QC

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model

MOST_NAMES = 100
"""How many names one filter takes, of which rows must have all."""


class DocumentedFilterBackend(DjangoFilterBackend):
    """Filters declared by a view's filter set, which the schema lists."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Apply what is asked for; where nothing is, spare the work of preparing every filter."""
        filters = self.get_filterset_class(view, queryset)
        if filters is None or filters.base_filters.keys().isdisjoint(request.query_params):
            return queryset
        return super().filter_queryset(request, queryset, view)


class WireFilterSet(FilterSet):
    """The free filter ``django=``, which every list has."""

    django = django_filters.CharFilter(
        method="filter_django", label="Pairs of field and value, such as subject__nickname,KS014,~qc__gte,40"
    )

    @classmethod
    def filter_for_field(cls, field: Any, field_name: str, lookup_expr: str | None = None) -> Any:
        """Make the filter of a column; a key of a row that the person may not read is as good as none."""
        found: Any = super().filter_for_field(field, field_name, lookup_expr)
        rows = getattr(found, "queryset", None)
        if isinstance(rows, QuerySet) and policy.rule_of(rows.model) is not None:
            found.queryset = lambda request: policy.readable(request.user, rows.all()) if request else rows.all()
        return found

    @property
    def person(self) -> Any:
        """Who asks."""
        assert self.request is not None
        return self.request.user

    def asked(self, name: str) -> str:
        """Return another query parameter, empty where it is absent."""
        return str((self.data or {}).get(name) or "")

    def filter_django(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Apply the free filter."""
        return apply_terms(rows, value, self.person)

    def filter_json(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Apply the free filter inside one JSON column."""
        return apply_terms(rows, value, self.person, prefix=f"{name}__")

    def filter_qc(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows by the name of an outcome of quality control."""
        return rows.filter(**{name: qc_of(value)})

    def filter_label(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows by the label of one of a few choices, in any case."""
        labels = {str(label): key for key, label in rows.model._meta.get_field(name).flatchoices}
        found = [key for label, key in labels.items() if label.lower() == value.strip().lower()]
        if not found:
            raise InvalidRequest(f"Invalid {name} {value!r}, choices are: {', '.join(labels)}")
        return rows.filter(**{name: found[0]})


class ActionFilterSet(WireFilterSet):
    """What sessions, restrictions, weighings and water have in common."""

    when = "start_time"
    people = "users__username"
    lab_path = "lab__name"

    subject = django_filters.CharFilter(field_name="subject__nickname", lookup_expr="iexact")
    nickname = django_filters.CharFilter(field_name="subject__nickname", lookup_expr="iexact")
    users = django_filters.CharFilter(method="filter_users", label="Usernames of its people, all of them")
    date_range = django_filters.CharFilter(
        method="filter_date_range", label="First and last day: 2024-01-01,2024-01-31"
    )
    lab = django_filters.CharFilter(method="filter_lab", label="Name of the lab")
    location = django_filters.CharFilter(method="filter_location", label="Part of the name of the room or rig")
    json = django_filters.CharFilter(method="filter_json", label="As django=, inside the JSON column")

    def filter_users(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows by the usernames of their people, all of them."""
        for one in names_of(value):
            rows = choose(rows, Q(**{self.people: one}))
        return rows

    def filter_date_range(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows from the first to the last day, both included."""
        first, last = days_of(value)
        return rows.filter(**{f"{self.when}__gte": first, f"{self.when}__lte": last})

    def filter_lab(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows by the name of their lab, in any case."""
        return rows.filter(**{f"{self.lab_path}__iexact": value})

    def filter_location(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose rows by a part of the name of their room or rig."""
        return rows.filter(location__name__icontains=value)


def columns_of(model: type[Model], *, leave_out: Collection[str] = ()) -> list[str]:
    """List the columns of a table that may be asked for by name: all but JSON, files and many-valued arrays."""
    closed = (JSONField, FileField, ArrayField)
    columns = [*model._meta.fields, *model._meta.many_to_many]
    return [column.name for column in columns if not isinstance(column, closed) and column.name not in leave_out]


def by_columns(model: type[Model], *, leave_out: Collection[str] = ()) -> type[django_filters.FilterSet]:
    """Make the filters of a list that may be asked for each of its columns."""
    return filterset_factory(model, filterset=WireFilterSet, fields=columns_of(model, leave_out=leave_out))


def choose(rows: QuerySet[Any], condition: Q) -> QuerySet[Any]:
    """Keep rows that fulfil a condition over many related rows, each once."""
    model: type[Model] = rows.model
    return rows.filter(pk__in=model._default_manager.order_by().filter(condition).values("pk"))


def days_of(text: str) -> tuple[datetime, datetime]:
    """Read two days as the moments at which the first begins and the last ends.

    Raises
    ------
    InvalidRequest
        If these are not two days.
    """
    try:
        days = [parse_date(part.strip()[:10]) for part in text.split(",")]
    except ValueError:
        days = []
    if len(days) != 2 or None in days:
        raise InvalidRequest(f"date_range={text!r} is not two days such as 2024-01-01,2024-01-31")
    first, last = (day for day in days if day is not None)
    return datetime.combine(first, time.min, tzinfo=UTC), datetime.combine(last, time.max, tzinfo=UTC)


def qc_of(name: str) -> int:
    """Return the number of an outcome of quality control.

    Raises
    ------
    InvalidRequest
        If there is no such outcome.
    """
    if name.upper() not in QC.names:
        raise InvalidRequest(f"Invalid qc {name!r}, choices are: {', '.join(QC.names)}")
    return int(QC[name.upper()])


def names_of(text: str) -> list[str]:
    """Split names at commas; each once.

    Raises
    ------
    InvalidRequest
        If there are so many that asking for all of them would hold up others.
    """
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if len(names) > MOST_NAMES:
        raise InvalidRequest(f"{len(names)} names are too many for one filter; at most {MOST_NAMES}")
    return names
