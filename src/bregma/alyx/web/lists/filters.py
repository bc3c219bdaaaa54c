"""Filters of lists: forms whose fields nobody must fill, and choices of what a person may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from bregma.alyx import policy

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


class NarrowingForm(forms.Form):
    """A form that narrows a list."""

    narrowing = True


class RelatedFilter(django_filters.CharFilter):
    """A filter by the name of a related row; the choices of all such filters of a list cost one query."""

    def __init__(self, model: type[Model], label: str, field: str, *, by: str = "name") -> None:
        super().__init__(label=label, field_name=f"{field}__{by}", lookup_expr="exact", widget=forms.Select)
        self.related, self.by = model, by

    def names(self, user: Any, number: int) -> QuerySet[Any, Any]:
        """Return the names of the rows that the person may read, with the number of the filter."""
        rows = policy.readable(user, self.related._default_manager.order_by())
        named = rows.annotate(which=Value(number), words=Cast(self.by, TextField()))
        found: QuerySet[Any, Any] = named.values_list("which", "words").distinct()
        return found


class ListFilters(django_filters.FilterSet):
    """The filters of a list; subclass it, and give each filter a label."""

    for_members: tuple[str, ...] = ()
    """Filters that accounts for the public do not have: they would tell what hidden columns hold."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and not policy.is_member(self.request.user):
            for name in self.for_members:
                del self.filters[name]

    @property
    def asker(self) -> Any:
        """The person who looks at the list."""
        assert self.request is not None
        return self.request.user

    def get_form_class(self) -> Any:
        """Return the form, whose labels do not say that each field is optional."""
        fields = {name: one.field for name, one in self.filters.items()}
        form: Any = type(f"{type(self).__name__}Form", (NarrowingForm,), fields)
        for name, choices in self.related_choices().items():
            form.base_fields[name].widget.choices = choices
        return form

    def related_choices(self) -> dict[str, list[tuple[str, str]]]:
        """Return the choices of the filters by related rows: one query for all."""
        related = [(name, one) for name, one in self.filters.items() if isinstance(one, RelatedFilter)]
        found: dict[str, list[tuple[str, str]]] = {name: [("", "All")] for name, _ in related}
        parts = [one.names(self.asker, number) for number, (_, one) in enumerate(related)]
        if parts:
            rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
            for number, words in sorted(rows, key=lambda row: (row[0], row[1].casefold())):
                found[related[number][0]].append((words, words))
        return found


def choose_related(model: type[Model], label: str, field: str, *, by: str = "name") -> Any:
    """Make a filter by a related row, whose ``by`` stands in the address."""
    return RelatedFilter(model, label, field, by=by)


def day_filter(label: str, field: str, lookup: str) -> Any:
    """Make a filter by a day, chosen from the browser's calendar."""
    day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(label=label, field_name=field, lookup_expr=lookup, widget=day)
