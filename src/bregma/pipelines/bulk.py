"""Keeps inputs for very many rows at once: one look at all, rather than a lock and a look for each file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

WATCHED = ("data_dataset", "data_filerecord", "experiments_probeinsertion")

_OF_SESSIONS = """
delete from bregma_keys.{table} k
    where k.fingerprint is distinct from bregma_keys.{table}_fingerprint(k.session_uuid::uuid);
insert into bregma_keys.{table} (session_uuid, fingerprint)
    select s.session_uuid, f.present
    from bregma_keys.session s, lateral (select bregma_keys.{table}_fingerprint(s.session_uuid::uuid) as present) f
    where f.present is not null on conflict do nothing;
notify bregma_inputs, '{table}';
"""
_OF_INSERTIONS = """
delete from bregma_keys.spikes k
    where k.fingerprint is distinct from bregma_keys.spikes_fingerprint(k.insertion_uuid::uuid);
insert into bregma_keys.spikes (insertion_uuid, session_uuid, fingerprint)
    select i.insertion_uuid, i.session_uuid, f.present
    from bregma_keys.insertion i, lateral (select bregma_keys.spikes_fingerprint(i.insertion_uuid::uuid) as present) f
    where f.present is not null on conflict do nothing;
notify bregma_inputs, 'spikes';
"""
REFRESH_ALL_SQL = _OF_SESSIONS.format(table="trials") + _OF_SESSIONS.format(table="events") + _OF_INSERTIONS
"""Brings every input up to date, in a few statements."""

_SETTLE = "set constraints all immediate; set constraints all deferred;"


@contextmanager
def many_files(cursor: Any) -> Iterator[None]:
    """Enter any number of datasets, files and insertions in the transaction that is open.

    Nobody else writes these tables until it ends, so that no lock of a session is needed. Inputs are brought up to date
    at the end, if any row was entered or changed.

    Parameters
    ----------
    cursor : cursor
        Of the connection, within a transaction.
    """
    cursor.execute(_SETTLE + "".join(f"alter table {table} disable trigger bregma_inputs;" for table in WATCHED))
    before = _writes(cursor)
    yield
    cursor.execute(_SETTLE + "".join(f"alter table {table} enable trigger bregma_inputs;" for table in WATCHED))
    if _writes(cursor) != before:
        cursor.execute("".join(f"analyze {table};" for table in WATCHED) + REFRESH_ALL_SQL)


def _writes(cursor: Any) -> int:
    """Return how many rows of these tables this transaction has written so far."""
    cursor.execute(
        "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_xact_user_tables"
        " where relname = any (%s)",
        [list(WATCHED)],
    )
    return int(cursor.fetchone()[0])
