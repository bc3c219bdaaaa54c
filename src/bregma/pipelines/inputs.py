"""When data are there: fingerprints of the files of each input, and the functions that keep its row. SQL."""

from __future__ import annotations

FINGERPRINTS = r"""
create or replace function bregma_keys.is_of_probe(collection text, probe text) returns boolean language sql immutable
as $$ select collection = 'alf/' || probe or starts_with(collection, 'alf/' || probe || '/') $$;

create or replace function bregma_keys.trials_files(eid uuid) returns table (attributes text[], fingerprint text)
language sql stable as $$
    select array_agg(attribute), md5(string_agg(id::text || coalesce(hash, ''), ',' order by id))
    from (select d.id, d.hash, split_part(d.name, '.', 2) as attribute,
            exists (select from data_filerecord r where r.dataset_id = d.id and r."exists") as arrived
        from data_dataset d
        where d.session_id = eid and d.name ~ '^(_[A-Za-z0-9]+_)?trials\.') as dataset
    having bool_and(arrived)
$$;

create or replace function bregma_keys.trials_fingerprint(eid uuid) returns text language sql stable as $$
    select fingerprint from bregma_keys.trials_files(eid)
    where 'table' = any(attributes)
        or attributes @> array['choice', 'feedbackType', 'contrastLeft', 'contrastRight']
$$;

create or replace function bregma_keys.events_fingerprint(eid uuid) returns text language sql stable as $$
    select fingerprint from bregma_keys.trials_files(eid)
    where exists (select from unnest(attributes) as name where name = 'table' or name like '%\_times')
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


def _refresh_of_session(table: str) -> str:
    """Return the function that keeps a session's row in an input table."""
    return f"""
create or replace function bregma_keys.refresh_{table}(eid uuid) returns void language plpgsql as $$
declare
    changed bigint;
    added bigint;
    present text;
begin
    perform pg_advisory_xact_lock(hashtextextended('bregma {table} ' || eid, 0));
    present := bregma_keys.{table}_fingerprint(eid);
    delete from bregma_keys.{table}
        where session_uuid = eid::text::char(36) and fingerprint is distinct from present;
    get diagnostics changed = row_count;
    insert into bregma_keys.{table} (session_uuid, fingerprint)
        select session_uuid, present from bregma_keys.session
        where session_uuid = eid::text::char(36) and present is not null
        on conflict do nothing;
    get diagnostics added = row_count;
    if changed + added > 0 then
        perform pg_notify('bregma_inputs', '{table}');
    end if;
end $$;
"""  # noqa: S608 - the names below


_REFRESH = r"""
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
        perform bregma_keys.refresh_events(eid);
    elsif name ~ '^(_[A-Za-z0-9]+_)?(spikes|clusters|channels)\.' then
        perform bregma_keys.refresh_spikes(i.id) from experiments_probeinsertion i
            where i.session_id = eid and bregma_keys.is_of_probe(refresh_inputs.collection, i.name);
    end if;
end $$;
"""

REFRESH = _refresh_of_session("trials") + _refresh_of_session("events") + _REFRESH
