"""A table of events for each table of Alyx: what a row was after each change, by whom, and through which request.

Triggers write the events, so that pages, REST, admin and plain SQL are all seen. Secrets are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator

WATCHED = ("misc", "subjects", "actions", "data", "experiments", "jobs", "colony", "notebook", "access")
SECRET = {"misc.labmember": ("password", "last_login"), "access.apitoken": ("digest", "last_used_at")}
NOT_CHANGES = ("auto_datetime", "last_download")
"""Columns that say when a row was saved: they alone make no event."""


def watched_models() -> Iterator[type[models.Model]]:
    """Give the tables whose rows have a history, and those that join two of them."""
    for label in WATCHED:
        for model in apps.all_models[label].values():
            if not model._meta.proxy:
                yield model


def event_model(model: type[models.Model]) -> type[models.Model]:
    """Return the table of events of a table.

    Raises
    ------
    LookupError
        If its rows have no history.
    """
    found: type[models.Model] = apps.get_model("history", event_name(model))
    return found


def event_name(model: type[models.Model]) -> str:
    """Return the name of the table of events: the app and the table."""
    return f"{model._meta.app_label}_{model.__name__}_event".title().replace("_", "")


def _declare(model: type[models.Model]) -> Any:
    tracked = _proxy(model) if model._meta.auto_created else model
    unlogged = {name for name in NOT_CHANGES if any(field.name == name for field in model._meta.fields)}
    changed = pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=sorted(unlogged)))
    return pghistory.create_event_model(
        tracked,
        pghistory.InsertEvent(),
        changed,
        pghistory.DeleteEvent(),
        app_label="history",
        model_name=event_name(model),
        exclude=SECRET.get(model._meta.label_lower),
        obj_field=pghistory.ObjForeignKey(related_name="+"),
        append_only=True,
        abstract=False,
        attrs={"__module__": __name__},
    )


def _proxy(model: type[models.Model]) -> type[models.Model]:
    """Make a stand-in for a table that Django made by itself; triggers hang on a model of ours."""
    meta = type("Meta", (), {"proxy": True, "app_label": "history"})
    return type(f"{model.__name__.replace('_', '')}Link", (model,), {"__module__": __name__, "Meta": meta})


for _model in list(watched_models()):
    globals()[event_name(_model)] = _declare(_model)
