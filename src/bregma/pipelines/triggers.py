"""Triggers on Alyx's tables, and on TrialSet, that keep keys and inputs. SQL."""

from __future__ import annotations

FUNCTIONS = """
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
    if tg_op <> 'INSERT' then
        perform bregma_keys.refresh_inputs(d.session_id, d.name, d.collection) from data_dataset d
            where d.id = old.dataset_id;
    end if;
    if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.dataset_id <> old.dataset_id) then
        perform bregma_keys.refresh_inputs(d.session_id, d.name, d.collection) from data_dataset d
            where d.id = new.dataset_id;
    end if;
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
        delete from bregma_keys.events;
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
TRIGGERS = """
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
