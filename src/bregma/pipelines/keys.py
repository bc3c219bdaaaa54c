"""Keys and inputs of the analyses: tables that PostgreSQL itself keeps in step with Alyx.

DataJoint 2.3 cannot use PostgreSQL's uuid type, so its tables are keyed by ``char(36)``. Triggers on Alyx's tables
keep two kinds of rows in the schema ``bregma_keys``, in the transaction of the change itself:

- keys: ``session`` and ``insertion``, one row per session and probe insertion;
- inputs: ``trials`` (of a session), ``spikes`` (of an insertion) and ``history`` (of a subject), one row once the
  data are there: the required datasets are registered, and the files of every registered dataset of that kind have
  arrived. Its ``fingerprint`` is the md5 of the datasets' ids and hashes.

Analyses hang from the inputs by foreign keys that cascade. When a dataset gets a new hash, appears, disappears or
loses its file, the fingerprint changes, and the input row is deleted and made again: every result derived from it goes
with it, and so do the jobs, failed ones included. So no result is ever older than its data, and workers see at once
what there is to do. They are woken by the notification ``bregma_inputs``.

``history`` says which analysed sessions a subject has, in which order, so that an earlier session that arrives late,
or a corrected start time, renews the subject's training status.
"""

from __future__ import annotations

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

_FINGERPRINTS = r"""
create or replace function bregma_keys.is_of_probe(collection text, probe text) returns boolean language sql immutable
as $$ select collection = 'alf/' || probe or starts_with(collection, 'alf/' || probe || '/') $$;

create or replace function bregma_keys.trials_fingerprint(eid uuid) returns text language sql stable as $$
    select case when bool_and(arrived) and (
            'table' = any(array_agg(attribute))
            or array_agg(attribute) @> array['choice', 'feedbackType', 'contrastLeft', 'contrastRight'])
        then md5(string_agg(id::text || coalesce(hash, ''), ',' order by id)) end
    from (select d.id, d.hash, split_part(d.name, '.', 2) as attribute,
            exists (select from data_filerecord r where r.dataset_id = d.id and r."exists") as arrived
        from data_dataset d
        where d.session_id = eid and d.name ~ '^(_[A-Za-z0-9]+_)?trials\.') as dataset
$$;

create or replace function bregma_keys.spikes_fingerprint(pid uuid) returns text language sql stable as $$
    select case when bool_and(arrived) and array_agg(attribute) @> array['spikes.times', 'spikes.clusters']
        then md5(string_agg(id::text || coalesce(hash, ''), ',' order by id)) end
    from (select d.id, d.hash, substring(d.name from '(spikes\.times|spikes\.clusters)\.') as attribute,
            exists (select from data_filerecord r where r.dataset_id = d.id and r."exists") as arrived
        from data_dataset d
        join experiments_probeinsertion i on i.session_id = d.session_id
        where i.id = pid and d.name ~ '^(_[A-Za-z0-9]+_)?(spikes|clusters|channels)\.'
            and bregma_keys.is_of_probe(d.collection, i.name)) as dataset
$$;
"""

_REFRESH = r"""
create or replace function bregma_keys.refresh_trials(eid uuid) returns void language plpgsql as $$
declare
    changed bigint;
    added bigint;
    present text;
begin
    perform pg_advisory_xact_lock(hashtextextended('bregma trials ' || eid, 0));
    present := bregma_keys.trials_fingerprint(eid);
    delete from bregma_keys.trials
        where session_uuid = eid::text::char(36) and fingerprint is distinct from present;
    get diagnostics changed = row_count;
    insert into bregma_keys.trials (session_uuid, fingerprint)
        select session_uuid, present from bregma_keys.session
        where session_uuid = eid::text::char(36) and present is not null
        on conflict do nothing;
    get diagnostics added = row_count;
    if changed + added > 0 then
        perform pg_notify('bregma_inputs', 'trials');
    end if;
end $$;

create or replace function bregma_keys.refresh_spikes(pid uuid) returns void language plpgsql as $$
declare
    changed bigint;
    added bigint;
    present text;
begin
    perform pg_advisory_xact_lock(hashtextextended('bregma spikes ' || pid, 0));
    present := bregma_keys.spikes_fingerprint(pid);
    delete from bregma_keys.spikes
        where insertion_uuid = pid::text::char(36) and fingerprint is distinct from present;
    get diagnostics changed = row_count;
    insert into bregma_keys.spikes (insertion_uuid, session_uuid, fingerprint)
        select insertion_uuid, session_uuid, present from bregma_keys.insertion
        where insertion_uuid = pid::text::char(36) and present is not null
        on conflict do nothing;
    get diagnostics added = row_count;
    if changed + added > 0 then
        perform pg_notify('bregma_inputs', 'spikes');
    end if;
end $$;

create or replace function bregma_keys.refresh_history(subject char(36)) returns void language plpgsql as $$
declare
    changed bigint;
    added bigint;
    present text;
begin
    if subject is null or to_regclass('bregma_behavior._trial_set') is null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('bregma history ' || subject, 0));
    select md5(string_agg(concat_ws(' ', s.session_uuid, t.fingerprint, s.start_time, s.number, s.task_protocol), ','
            order by s.session_uuid)) into present
        from bregma_keys.session s
        join bregma_keys.trials t using (session_uuid)
        join bregma_behavior._trial_set a using (session_uuid)
        where s.subject_uuid = subject;
    delete from bregma_keys.history where subject_uuid = subject and fingerprint is distinct from present;
    get diagnostics changed = row_count;
    insert into bregma_keys.history (subject_uuid, fingerprint) select subject, present where present is not null
        on conflict do nothing;
    get diagnostics added = row_count;
    if changed + added > 0 then
        perform pg_notify('bregma_inputs', 'history');
    end if;
end $$;

create or replace function bregma_keys.refresh_inputs(eid uuid, name text, collection text) returns void
language plpgsql as $$
begin
    if name ~ '^(_[A-Za-z0-9]+_)?trials\.' then
        perform bregma_keys.refresh_trials(eid);
    elsif name ~ '^(_[A-Za-z0-9]+_)?(spikes|clusters|channels)\.' then
        perform bregma_keys.refresh_spikes(i.id) from experiments_probeinsertion i
            where i.session_id = eid and bregma_keys.is_of_probe(refresh_inputs.collection, i.name);
    end if;
end $$;
"""

_TRIGGER_FUNCTIONS = """
create or replace function bregma_keys.on_session() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from bregma_keys.session where session_uuid = old.id::text::char(36);
        perform bregma_keys.refresh_history(old.subject_id::text::char(36));
        return null;
    end if;
    insert into bregma_keys.session (session_uuid, subject_uuid, start_time, number, task_protocol)
        values (new.id::text, new.subject_id::text, new.start_time at time zone 'UTC', new.number,
            coalesce(new.task_protocol, ''))
        on conflict (session_uuid) do update set (subject_uuid, start_time, number, task_protocol)
            = (excluded.subject_uuid, excluded.start_time, excluded.number, excluded.task_protocol);
    if tg_op = 'UPDATE' then
        perform bregma_keys.refresh_history(old.subject_id::text::char(36));
        perform bregma_keys.refresh_history(new.subject_id::text::char(36));
    end if;
    return null;
end $$;

create or replace function bregma_keys.on_insertion() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from bregma_keys.insertion where insertion_uuid = old.id::text::char(36);
        return null;
    end if;
    insert into bregma_keys.insertion (insertion_uuid, session_uuid, name)
        values (new.id::text, new.session_id::text, coalesce(new.name, ''))
        on conflict (insertion_uuid) do update set (session_uuid, name) = (excluded.session_uuid, excluded.name);
    return null;
end $$;

create or replace function bregma_keys.on_insertion_data() returns trigger language plpgsql as $$
begin
    perform bregma_keys.refresh_spikes(new.id);
    return null;
end $$;

create or replace function bregma_keys.on_dataset() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform bregma_keys.refresh_inputs(old.session_id, old.name, old.collection);
    end if;
    if tg_op <> 'DELETE' then
        perform bregma_keys.refresh_inputs(new.session_id, new.name, new.collection);
    end if;
    return null;
end $$;

create or replace function bregma_keys.on_filerecord() returns trigger language plpgsql as $$
begin
    perform bregma_keys.refresh_inputs(d.session_id, d.name, d.collection) from data_dataset d
        where (tg_op <> 'INSERT' and d.id = old.dataset_id) or (tg_op <> 'DELETE' and d.id = new.dataset_id);
    return null;
end $$;

create or replace function bregma_keys.on_truncate() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'actions_session' then
        delete from bregma_keys.session;
        delete from bregma_keys.history;
    elsif tg_table_name = 'experiments_probeinsertion' then
        delete from bregma_keys.insertion;
    else
        delete from bregma_keys.trials;
        delete from bregma_keys.spikes;
    end if;
    return null;
end $$;

create or replace function bregma_keys.on_trial_set() returns trigger language plpgsql as $$
begin
    perform bregma_keys.refresh_history(s.subject_uuid) from bregma_keys.session s
        where s.session_uuid = coalesce(new.session_uuid, old.session_uuid);
    return null;
end $$;
"""

# Files are looked at when the transaction commits: all its rows are there, and no lock is held for long.
_TRIGGERS = """
drop trigger if exists bregma_keys on actions_session;
create trigger bregma_keys after insert or delete or update of subject_id, start_time, number, task_protocol
    on actions_session for each row execute function bregma_keys.on_session();
drop trigger if exists bregma_keys on experiments_probeinsertion;
create trigger bregma_keys after insert or delete or update of session_id, name
    on experiments_probeinsertion for each row execute function bregma_keys.on_insertion();

drop trigger if exists bregma_inputs on experiments_probeinsertion;
create constraint trigger bregma_inputs after insert or update of session_id, name
    on experiments_probeinsertion deferrable initially deferred
    for each row execute function bregma_keys.on_insertion_data();
drop trigger if exists bregma_inputs on data_dataset;
create constraint trigger bregma_inputs after insert or delete or update of session_id, name, collection, hash
    on data_dataset deferrable initially deferred
    for each row execute function bregma_keys.on_dataset();
drop trigger if exists bregma_inputs on data_filerecord;
create constraint trigger bregma_inputs after insert or delete or update of dataset_id, "exists"
    on data_filerecord deferrable initially deferred
    for each row execute function bregma_keys.on_filerecord();

drop trigger if exists bregma_truncate on actions_session;
create trigger bregma_truncate after truncate on actions_session execute function bregma_keys.on_truncate();
drop trigger if exists bregma_truncate on experiments_probeinsertion;
create trigger bregma_truncate after truncate on experiments_probeinsertion execute function bregma_keys.on_truncate();
drop trigger if exists bregma_truncate on data_dataset;
create trigger bregma_truncate after truncate on data_dataset execute function bregma_keys.on_truncate();
"""

_BACKFILL = """
insert into bregma_keys.session (session_uuid, subject_uuid, start_time, number, task_protocol)
    select id::text, subject_id::text, start_time at time zone 'UTC', number, coalesce(task_protocol, '')
    from actions_session on conflict do nothing;
insert into bregma_keys.insertion (insertion_uuid, session_uuid, name)
    select id::text, session_id::text, coalesce(name, '') from experiments_probeinsertion on conflict do nothing;
select bregma_keys.refresh_trials(id) from actions_session;
select bregma_keys.refresh_spikes(id) from experiments_probeinsertion;
"""

INSTALL_SQL = _TABLES + _FINGERPRINTS + _REFRESH + _TRIGGER_FUNCTIONS + _TRIGGERS + _BACKFILL
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
