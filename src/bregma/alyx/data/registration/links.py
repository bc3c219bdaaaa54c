"""Links datasets with the probe or field of view whose folder they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx.data.models import Dataset
from bregma.alyx.experiments.models import FOV, ProbeInsertion

if TYPE_CHECKING:
    from bregma.alyx.actions.models import Session


def link_insertions(session: Session) -> None:
    """Link each insertion and field of view of a session with its folder: the second part of a collection."""
    for model in (ProbeInsertion, FOV):
        named = {row.name: row.pk for row in model._default_manager.filter(session=session).only("name")}
        if named:
            _link(session, model, named)


def _link(session: Session, model: Any, named: dict[str, Any]) -> None:
    through = model.datasets.through
    column = model.datasets.field.m2m_column_name()
    rows = Dataset.objects.order_by().filter(session=session, collection__contains="/")
    links = [(key, (collection or "").split("/")[1]) for key, collection in rows.values_list("pk", "collection")]
    through.objects.bulk_create(
        [through(**{column: named[folder]}, dataset_id=key) for key, folder in links if folder in named],
        ignore_conflicts=True,
    )
