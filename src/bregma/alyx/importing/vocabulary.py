"""Takes out the dataset types that this installation began with, where a dump brings its own."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.data.starting_rows import EVERYDAY_TYPES
from bregma.alyx.importing.keys import referring_columns
from bregma.alyx.importing.stage import waiting
from bregma.alyx.importing.tables import quoted

if TYPE_CHECKING:
    from bregma.alyx.importing.stage import Stage

TABLE = "data_datasettype"


def leave_to_dump(stage: Stage) -> int:
    """Delete the types beside those of Alyx that nobody changed or uses, if the dump has types; return how many.

    What an Alyx served is served as it was: a list of types is not longer than there.
    """
    table = stage.tables.get(TABLE)
    if table is None:
        return 0
    used = " OR ".join(
        f"EXISTS (SELECT 1 FROM {quoted(other)} o WHERE o.{quoted(column)} = t.id)"
        for other, column in referring_columns(table.model)
    )
    awaited = "".join(
        f" OR EXISTS (SELECT 1 FROM {waiting(other.name)} w WHERE w.{quoted(reference.column)} = t.id)"
        for other, reference in stage.catalogue.referring_to(TABLE)
        if other.name in stage.tables
    )
    gone = stage.run(
        f"""DELETE FROM {TABLE} t USING unnest(%s::uuid[], %s::text[]) AS began (id, name)
        WHERE t.id = began.id AND t.name = began.name AND t.filename_pattern IS NULL AND t.description = ''
        AND NOT ({used}{awaited}) AND t.id NOT IN (SELECT id FROM {waiting(TABLE)}) RETURNING 1""",
        [[key for key, _ in EVERYDAY_TYPES], [name for _, name in EVERYDAY_TYPES]],
    )
    return len(gone)
