"""The fields of the admin's forms: relations are searched, people ask only for rows that they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import JSONField, URLField

from bregma.alyx import policy
from bregma.alyx.admin_site.json_field import JsonField
from bregma.alyx.admin_site.permissions import AskPolicy, person_of

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

SHORT = {
    "misc.Lab",
    "misc.CageType",
    "misc.Enrichment",
    "misc.Food",
    "subjects.Species",
    "actions.WaterType",
    "actions.CullReason",
    "actions.CullMethod",
    "data.DataFormat",
    "data.DataRepositoryType",
    "experiments.CoordinateSystem",
    "experiments.ImagingType",
}
"""Tables of a few rows, which are chosen from a plain list; in all others one searches."""
SELDOM = {"name", "json", "extended_qc"}
"""What programs write, or a long name beside the one that people use: folded away where it may be left empty."""


class FormFields(AskPolicy):
    """What a form asks, first what people enter."""

    done_by: tuple[str, ...] = ()
    """Fields that name who did it: the person at the form, unless another is chosen."""
    seldom: tuple[str, ...] = ()
    """Fields that are folded away, besides the free ones."""

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Search in every relation whose table has a list to search in, unless that has a few rows only."""
        relations = (*self.model._meta.fields, *self.model._meta.many_to_many)
        return tuple(field.name for field in relations if field.is_relation and self._is_searched(field.related_model))

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Ask first what people enter; the long name and the JSON of programs are folded away."""
        found = super().get_fieldsets(request, obj)
        if len(found) != 1:
            return found
        fields: list[Any] = list(found[0][1]["fields"])
        folded = _seldom_entered(self.model) | set(self.seldom)
        asked = [name for name in fields if name not in folded]
        more = [name for name in fields if name in folded]
        return [
            (found[0][0], {"fields": asked}),
            *([("More", {"fields": more, "classes": ("collapse",)})] if more else []),
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in who is at the form."""
        me = person_of(request).pk
        return {**dict.fromkeys(self.done_by, me), **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Take an address without a scheme for https, and show JSON as people read it."""
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        if isinstance(db_field, JSONField):
            kwargs["form_class"] = JsonField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the rows that the person may see."""
        kwargs.setdefault("queryset", self._offered(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the rows that the person may see."""
        kwargs.setdefault("queryset", self._offered(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _offered(self, db_field: Any, request: HttpRequest) -> Any:
        rows = db_field.remote_field.model._default_manager.all()
        is_ours = policy.rule_of(rows.model) is not None
        return policy.readable(person_of(request), rows) if is_ours else rows

    def _is_searched(self, model: Any) -> bool:
        table: Any = self.admin_site._registry.get(model)
        return table is not None and bool(table.search_fields) and model._meta.label not in SHORT


def _seldom_entered(model: type[Model]) -> set[str]:
    """Name the free fields of a row: its JSON, and its long name where it goes by another."""
    return {field.name for field in model._meta.fields if field.name in SELDOM and field.blank}
