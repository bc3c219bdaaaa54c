"""What changed in the tables of results, for installations that already have some. SQL.

Migrations run it after the keys were installed again. What a change concerns is altered where it is, so that results
stay, and with them what users derive from them; results that would be others now are deleted, and computed anew.
"""

from __future__ import annotations

import numpy as np

from bregma.pipelines.arrays import to_bytes
from bregma.pipelines.rows import RowKind

_NO_UNITS = to_bytes(np.zeros(0, dtype=np.int64)).hex()

RESPONSES_NEED_EVENTS_SQL = """
do $$
declare
    link record;
begin
    for link in
        select f.conrelid::regclass as child, f.conname as name from pg_constraint f
        where f.confrelid = 'bregma_keys.trials'::regclass
            and f.conrelid in (to_regclass('bregma_ephys.__psth'), to_regclass('bregma_ephys."~~psth"'))
    loop
        execute format('delete from %s where session_uuid not in (select session_uuid from bregma_keys.events)',
            link.child);
        execute format('alter table %s drop constraint %I, add constraint %I foreign key (session_uuid) '
            'references bregma_keys.events on update cascade on delete cascade', link.child, link.name, link.name);
    end loop;
    if to_regclass('bregma_ephys.__psth') is not null then
        delete from bregma_ephys.__psth where event = '';
    end if;
end $$;
"""
"""Responses hang from ``events``, no longer from ``trials``, and may be to any event."""

MAPS_HAVE_KINDS_OF_ROWS_SQL = rf"""
do $$
begin
    if to_regclass('bregma_ephys.__drift_map') is null or exists (select from pg_attribute
            where attrelid = to_regclass('bregma_ephys.__drift_map') and attname = 'row_kind') then
        return;
    end if;
    delete from bregma_ephys.__drift_map where octet_length(counts) <= 128;  -- the header of a .npy file, and no count
    alter table bregma_ephys.__drift_map
        add column row_kind varchar(8) not null default '{RowKind.DEPTH}',
        add column cluster_ids bytea not null default '\x{_NO_UNITS}';
    alter table bregma_ephys.__drift_map
        alter column row_kind drop default,
        alter column cluster_ids drop default;
    comment on column bregma_ephys.__drift_map.row_kind is ':varchar(8):depth_um or unit';
    comment on column bregma_ephys.__drift_map.cluster_ids is ':<array>:units of the rows; empty: rows are depths';
end $$;
"""  # noqa: S608 - our own words
"""Maps of recordings without depths have a row per unit, where they were empty."""

UPGRADE_SQL = RESPONSES_NEED_EVENTS_SQL + MAPS_HAVE_KINDS_OF_ROWS_SQL
"""Brings the tables of results of any earlier version up to date; may run again, also before there are any."""
