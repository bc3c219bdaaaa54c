"""Installations of earlier versions keep their results, and get what was missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from bregma.pipelines import connect, declare, populate_once, results
from bregma.pipelines.keys import INSTALL_SQL
from bregma.pipelines.tables import NotInstalled
from bregma.pipelines.upgrades import UPGRADE_SQL

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the first version declared otherwise, and what it stored where it knew no depth or no event.
FIRST_VERSION_SQL = r"""
drop table bregma_keys.events cascade;
alter table bregma_ephys.__psth add constraint __psth_session_uuid_fkey foreign key (session_uuid)
    references bregma_keys.trials on update cascade on delete cascade;
alter table bregma_ephys."~~psth" add constraint "job of __psth_session_uuid_fkey" foreign key (session_uuid)
    references bregma_keys.trials on update cascade on delete cascade;
update bregma_ephys.__drift_map set counts = depths_um where row_kind = 'unit';
alter table bregma_ephys.__drift_map drop column row_kind, drop column cluster_ids;
delete from bregma_keys."~lineage" where table_name = 'events';
"""
DECLARATION_SQL = """
select conname, pg_get_constraintdef(oid) from pg_constraint
    where conrelid in ('bregma_ephys.__psth'::regclass, 'bregma_ephys."~~psth"'::regclass)
union all
select attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, atthasdef,
        col_description(attrelid, attnum)) from pg_attribute
    where attrelid = 'bregma_ephys.__drift_map'::regclass and attnum > 0 and not attisdropped
order by 1, 2
"""


@pytest.fixture
def old(bare: dict[str, Any], source: Any) -> Iterator[Any]:
    """A lab with two analysed insertions, the second without depths, as the first version left it."""
    from lab_tables import ALYX_SQL, Lab

    with psycopg.connect(**bare, autocommit=True) as database:
        database.execute(ALYX_SQL)
        database.execute(INSTALL_SQL)
        lab = Lab(database)
        lab.known = lab.add_insertion(lab.add_trials(str(uuid4())))
        lab.unknown = lab.add_insertion(lab.add_trials(str(uuid4())))
        source.without_depths.add(lab.unknown)
        analyse(bare, source)
        lab.declaration = lab.ask(DECLARATION_SQL)
        database.execute(FIRST_VERSION_SQL)
        yield lab


def analyse(parameters: dict[str, Any], source: Any) -> int:
    """Make what is pending, as a worker that starts now, and return how many."""
    instance = connect(parameters)
    with instance.connection:
        return populate_once(declare(instance), source).made


def upgrade(lab: Any) -> None:
    with lab.database.transaction():
        lab.database.execute(INSTALL_SQL)
        lab.database.execute(UPGRADE_SQL)


def test_an_upgraded_installation_is_declared_as_a_new_one(old: Any) -> None:
    assert old.ask(DECLARATION_SQL) != old.declaration
    upgrade(old)
    assert old.ask(DECLARATION_SQL) == old.declaration
    upgrade(old)
    assert old.ask(DECLARATION_SQL) == old.declaration


def test_results_stay_and_only_empty_maps_are_computed_again(old: Any, bare: dict[str, Any], source: Any) -> None:
    responses = old.ask("select * from bregma_ephys.__psth order by 1")
    upgrade(old)
    assert results.load_drift_map(old.database, old.unknown) is None
    kept = results.load_drift_map(old.database, old.known)
    assert kept is not None
    assert (kept.row_kind, kept.cluster_ids.size) == (results.RowKind.DEPTH, 0)
    assert analyse(bare, source) == 1
    again = results.load_drift_map(old.database, old.unknown)
    assert again is not None
    assert again.row_kind is results.RowKind.UNIT
    assert old.ask("select * from bregma_ephys.__psth order by 1") == responses


def test_sessions_whose_events_nobody_looked_at_get_their_responses(
    old: Any, bare: dict[str, Any], source: Any
) -> None:
    eid = old.add_session(str(uuid4()))
    pid = old.add_insertion(eid)
    old.database.execute("drop trigger bregma_inputs on data_dataset; drop trigger bregma_inputs on data_filerecord")
    old.add_file(eid, "trials.stimOn_times.npy", "alf")
    upgrade(old)
    analyse(bare, source)
    responses = results.load_psths(old.database, pid)
    assert responses is not None
    assert responses.event == "stimOn_times"


def test_responses_without_an_event_are_computed_again(old: Any, bare: dict[str, Any], source: Any) -> None:
    old.database.execute("update bregma_ephys.__psth set event = '' where insertion_uuid = %s", (old.known,))
    upgrade(old)
    assert analyse(bare, source) == 2  # and the empty map
    assert results.load_psths(old.database, old.known) is not None


def test_workers_wait_for_the_upgrade(old: Any, bare: dict[str, Any]) -> None:
    instance = connect(bare)
    with instance.connection, pytest.raises(NotInstalled, match="run Alyx's migrations first"):
        declare(instance)


def test_a_new_database_has_nothing_to_upgrade(bare: dict[str, Any]) -> None:
    from lab_tables import ALYX_SQL

    with psycopg.connect(**bare, autocommit=True) as database:
        database.execute(ALYX_SQL)
        database.execute(INSTALL_SQL)
        database.execute(UPGRADE_SQL)
        assert database.execute("select to_regclass('bregma_ephys.__psth')").fetchone() == (None,)
