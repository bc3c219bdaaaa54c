"""Takes keys and passwords out of the JSON of repositories, and out of what history says of it."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from bregma.alyx.data.secret_names import HoldsSecrets, no_secrets, without_secrets

# Neither table may keep what is taken out: the first would write it into the second, which is never changed otherwise.
QUIET = "ALTER TABLE {table} DISABLE TRIGGER USER"
LOUD = "ALTER TABLE {table} ENABLE TRIGGER USER"


def take_out(apps: Any, schema_editor: Any) -> None:
    """Strip rows and events."""
    connection = schema_editor.connection
    repositories = apps.get_model("data", "DataRepository").objects.filter(HoldsSecrets("json"))
    with connection.cursor() as cursor:
        rows = list(repositories)
        cursor.execute(QUIET.format(table="data_datarepository"))
        for row in rows:
            row.json = without_secrets(row.json)
            row.save(update_fields=["json"])
        cursor.execute(LOUD.format(table="data_datarepository"))
        cursor.execute("SELECT to_regclass('history_event') IS NOT NULL")
        if cursor.fetchone()[0]:
            _clean_history(cursor)


def _clean_history(cursor: Any) -> None:
    cursor.execute(QUIET.format(table="history_event"))
    for side in ("before", "after"):
        cursor.execute(
            f'UPDATE history_event SET {side} = {side} || \'{{"json": "(hidden)"}}\' '  # noqa: S608 - our own names
            f"WHERE \"table\" = 'data_datarepository' AND {HoldsSecrets.template % {'expressions': side}}"
        )
    cursor.execute(LOUD.format(table="history_event"))


class Migration(migrations.Migration):
    dependencies = [("data", "0007_protection")]

    operations = [
        migrations.RunPython(take_out, migrations.RunPython.noop),
        migrations.AddConstraint("datarepository", no_secrets("json", name="datarepository_no_secrets")),
    ]
