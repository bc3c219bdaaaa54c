"""The triggers that write history: one function for all tables, one event for each changed row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

WATCHED = ("misc", "subjects", "actions", "data", "experiments", "jobs", "colony", "notebook", "access")
HIDDEN = ("password", "digest")
"""Columns whose change is told, but never their values."""
QUIET = ("auto_datetime", "last_download", "last_login", "last_used_at", "datetime")
"""Columns that say when a row was saved or seen: they alone make no event."""

FUNCTION = """
CREATE OR REPLACE FUNCTION history_hide(changed jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN changed ?| hidden THEN (
        SELECT jsonb_object_agg(key, CASE WHEN key = ANY (hidden) THEN '"(hidden)"'::jsonb ELSE value END)
        FROM jsonb_each(changed)
    ) ELSE coalesce(changed, '{}') END
$$;

CREATE OR REPLACE FUNCTION history_differing(one jsonb, other jsonb, quiet text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(one)
    WHERE other -> key IS DISTINCT FROM value AND key <> ALL (quiet)
$$;

-- A plan made for one row must not serve for thousands: rows before and after are never compared pair by pair.
CREATE OR REPLACE FUNCTION history_record() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    key text := TG_ARGV[0];
    subject text := TG_ARGV[1];
    session text := TG_ARGV[2];
    hidden text[] := string_to_array(TG_ARGV[3], ',');
    quiet text[] := string_to_array(TG_ARGV[4], ',');
    context uuid := _pgh_attach_context();
BEGIN
    IF TG_OP = 'INSERT' THEN
        WITH entered AS MATERIALIZED (SELECT to_jsonb(n) AS r FROM new_rows n)
        INSERT INTO history_event (at, kind, "table", "row", subject_id, session_id, after, context_id)
        SELECT clock_timestamp(), 'I', TG_TABLE_NAME, r ->> key, (r ->> subject)::uuid, (r ->> session)::uuid,
               history_hide(r, hidden), context
        FROM entered;
    ELSIF TG_OP = 'DELETE' THEN
        WITH gone AS MATERIALIZED (SELECT to_jsonb(o) AS r FROM old_rows o)
        INSERT INTO history_event (at, kind, "table", "row", subject_id, session_id, before, context_id)
        SELECT clock_timestamp(), 'D', TG_TABLE_NAME, r ->> key, (r ->> subject)::uuid, (r ->> session)::uuid,
               history_hide(r, hidden), context
        FROM gone;
    ELSE
        WITH present AS MATERIALIZED (SELECT to_jsonb(n) AS r FROM new_rows n),
             past AS MATERIALIZED (SELECT to_jsonb(o) AS was FROM old_rows o),
             changed AS MATERIALIZED (
                 SELECT r, was FROM present JOIN past ON r ->> key = was ->> key WHERE r - quiet <> was - quiet
             )
        INSERT INTO history_event (at, kind, "table", "row", subject_id, session_id, before, after, context_id)
        SELECT clock_timestamp(), 'U', TG_TABLE_NAME, r ->> key, (r ->> subject)::uuid, (r ->> session)::uuid,
               history_hide(history_differing(was, r, quiet), hidden),
               history_hide(history_differing(r, was, quiet), hidden), context
        FROM changed;
    END IF;
    RETURN NULL;
END $$;
"""


def watched_models() -> Iterator[type[Model]]:
    """Give the tables whose rows have a history, and those that join two of them."""
    for label in WATCHED:
        for model in apps.all_models[label].values():
            if not model._meta.proxy:
                yield model


def install(using: str) -> None:
    """Let every watched table write its history; safe to repeat."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    statements = [FUNCTION]
    for model in watched_models():
        if model._meta.db_table in present:
            statements += _triggers(model)
    with connection.cursor() as cursor:
        cursor.execute("".join(statements))


def _triggers(model: type[Model]) -> Iterator[str]:
    table = model._meta.db_table
    assert model._meta.pk is not None
    arguments = (model._meta.pk.column, *_belongs(model), ",".join(HIDDEN), ",".join(QUIET))
    written = ", ".join(f"'{each}'" for each in arguments)
    rows = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
    rows["UPDATE"] = " ".join(rows.values())
    for operation, referenced in rows.items():
        yield (
            f'CREATE OR REPLACE TRIGGER history_{operation.lower()} AFTER {operation} ON "{table}" '
            f"REFERENCING {referenced} FOR EACH STATEMENT EXECUTE FUNCTION history_record({written});\n"
        )


def _belongs(model: type[Model]) -> tuple[str, str]:
    """Name the columns that hold the subject and the session of a row; a name no column has where there is none."""
    own = {"subjects_subject": ("id", "-"), "actions_session": ("subject_id", "id")}
    return own.get(model._meta.db_table, ("subject_id", "session_id"))
