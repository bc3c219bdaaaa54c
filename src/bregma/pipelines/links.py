"""What DataJoint cannot declare: foreign keys that cascade, jobs that go with their input, and the history's trigger.

DataJoint's foreign keys refuse the deletion of a row that others need. Here results follow their input instead, so that
nothing that happens in Alyx is refused because it was analysed; tables that users derive from ours are included. Each
is made only where it is missing: altering a table waits for the analyses that read it.
"""

FINISH_SQL = """
do $$
declare
    link record;
begin
    for link in
        with recursive ours(id) as (
            select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname in ('bregma_keys', 'bregma_behavior', 'bregma_ephys')
            union
            select f.conrelid from pg_constraint f join ours on f.confrelid = ours.id where f.contype = 'f'
        )
        select f.conrelid::regclass as child, f.conname, pg_get_constraintdef(f.oid) as definition
        from pg_constraint f join ours on ours.id = f.confrelid
        where f.contype = 'f' and f.confdeltype in ('r', 'a')
    loop
        execute format('alter table %s drop constraint %I, add constraint %I %s', link.child, link.conname,
            link.conname, regexp_replace(link.definition, ' ON DELETE (RESTRICT|NO ACTION)', '')
            || ' on delete cascade');
    end loop;

    for link in
        select jobs.oid::regclass as child, 'job of ' || f.conname as name, pg_get_constraintdef(f.oid) as definition
        from pg_class jobs
        join pg_namespace n on n.oid = jobs.relnamespace and n.nspname in ('bregma_behavior', 'bregma_ephys')
        join pg_class result on result.relnamespace = n.oid and jobs.relname = '~~' || ltrim(result.relname, '_')
            and result.relname like '\\_%'
        join pg_constraint f on f.conrelid = result.oid and f.contype = 'f'
        where not exists (select from pg_constraint known where known.conrelid = jobs.oid
                and known.conname = 'job of ' || f.conname)
            and not exists (select from unnest(f.conkey) as number join pg_attribute a
                    on a.attrelid = result.oid and a.attnum = number
                where a.attname not in (select attname from pg_attribute where attrelid = jobs.oid))
    loop
        execute format('delete from %s', link.child);
        execute format('alter table %s add constraint %I %s', link.child, link.name, link.definition);
    end loop;

    if not exists (select from pg_trigger where tgname = 'bregma_history'
            and tgrelid = 'bregma_behavior._trial_set'::regclass) then
        create constraint trigger bregma_history after insert or delete on bregma_behavior._trial_set
            deferrable initially deferred for each row execute function bregma_keys.on_trial_set();
    end if;
end $$;
"""
