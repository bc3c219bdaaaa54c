"""Keys and inputs of the analyses: tables that PostgreSQL itself keeps in step with Alyx.

DataJoint 2.3 cannot use PostgreSQL's uuid type, so its tables are keyed by ``char(36)``. Triggers on Alyx's tables
keep two kinds of rows in the schema ``bregma_keys``, in the transaction of the change itself:

- keys: ``session`` and ``insertion``, one row per session and probe insertion;
- inputs: ``trials`` and ``events`` (of a session), ``spikes`` (of an insertion) and ``history`` (of a subject), one row
  once the data are there: the required datasets are registered, and the files of every registered dataset of that kind
  have arrived. Its ``fingerprint`` is the md5 of the datasets' ids and hashes.

``trials`` need choice, feedback and both contrasts, for the analyses of behaviour; ``events`` need the times of any
event (an attribute that ends in ``_times``), to align spikes to. A table may hold all of them and is both.

Analyses hang from the inputs by foreign keys that cascade. When a dataset gets a new hash, appears, disappears or
loses its file, the fingerprint changes, and the input row is deleted and made again: every result derived from it goes
with it, and so do the jobs, failed ones included. So no result is ever older than its data, and workers see at once
what there is to do. They are woken by the notification ``bregma_inputs``.

``history`` says which analysed sessions a subject has, in which order, so that an earlier session that arrives late,
or a corrected start time, renews the subject's training status.

This module has the tables, and what is run to install them. When data are there is in inputs.py, who looks when in
triggers.py.
"""

from __future__ import annotations

from bregma.pipelines.inputs import FINGERPRINTS, REFRESH
from bregma.pipelines.triggers import FUNCTIONS, TRIGGERS

SCHEMA = "bregma_keys"
CHANNEL = "bregma_inputs"

_TABLES = """
create schema if not exists bregma_keys;

create table if not exists bregma_keys.session (
    session_uuid char(36) primary key,
    subject_uuid char(36),
    start_time timestamp,
    number integer,
    task_protocol varchar(1023) not null default ''
);
create index if not exists session_subject on bregma_keys.session (subject_uuid, start_time);

create table if not exists bregma_keys.insertion (
    insertion_uuid char(36) primary key,
    session_uuid char(36) not null references bregma_keys.session on update cascade on delete cascade,
    name varchar(255) not null default ''
);
create index if not exists insertion_session on bregma_keys.insertion (session_uuid);

create table if not exists bregma_keys.trials (
    session_uuid char(36) primary key references bregma_keys.session on update cascade on delete cascade,
    fingerprint char(32) not null
);

create table if not exists bregma_keys.events (
    session_uuid char(36) primary key references bregma_keys.session on update cascade on delete cascade,
    fingerprint char(32) not null
);

create table if not exists bregma_keys.spikes (
    insertion_uuid char(36) primary key references bregma_keys.insertion on update cascade on delete cascade,
    session_uuid char(36) not null references bregma_keys.session on update cascade on delete cascade,
    fingerprint char(32) not null
);
create index if not exists spikes_session on bregma_keys.spikes (session_uuid);

create table if not exists bregma_keys.history (
    subject_uuid char(36) primary key,
    fingerprint char(32) not null
);
"""

_BACKFILL = """
insert into bregma_keys.session (session_uuid, subject_uuid, start_time, number, task_protocol)
    select id::text, subject_id::text, start_time at time zone 'UTC', number, coalesce(task_protocol, '')
    from actions_session on conflict do nothing;
insert into bregma_keys.insertion (insertion_uuid, session_uuid, name)
    select id::text, session_id::text, coalesce(name, '') from experiments_probeinsertion on conflict do nothing;
select bregma_keys.refresh_trials(id), bregma_keys.refresh_events(id) from actions_session;
select bregma_keys.refresh_spikes(id) from experiments_probeinsertion;
"""

INSTALL_SQL = _TABLES + FINGERPRINTS + REFRESH + FUNCTIONS + TRIGGERS + _BACKFILL
"""Makes keys, inputs, triggers, and the rows of what Alyx holds already; may run again."""

UNINSTALL_SQL = """
drop trigger if exists bregma_keys on actions_session;
drop trigger if exists bregma_keys on experiments_probeinsertion;
drop trigger if exists bregma_inputs on experiments_probeinsertion;
drop trigger if exists bregma_inputs on data_dataset;
drop trigger if exists bregma_inputs on data_filerecord;
drop trigger if exists bregma_truncate on actions_session;
drop trigger if exists bregma_truncate on experiments_probeinsertion;
drop trigger if exists bregma_truncate on data_dataset;
drop schema if exists bregma_behavior cascade;
drop schema if exists bregma_ephys cascade;
drop schema if exists bregma_keys cascade;
"""
"""Removes all that, and with it every result."""
