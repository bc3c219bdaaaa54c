"""Ends before their starts, and periods of which only one may be open."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from bregma.alyx.importing.repairs.rule import Rule, replace

EMPTIED = ("actions_session", "actions_surgery", "actions_virusinjection", "actions_otheraction")
"""Their end is unknown when it is before their start."""
ENDED = (
    ("actions_chronicrecording", "start_time", "end_time"),
    ("actions_waterrestriction", "start_time", "end_time"),
    ("misc_housingsubject", "start_datetime", "end_datetime"),
    ("misc_labmembership", "start_date", "end_date"),
    ("subjects_breedingpair", "start_date", "end_date"),
    ("data_datanotice", "affected_date_start", "affected_date_end"),
)
"""Without an end they would go on: they end as they start."""
OPEN = (
    ("actions_waterrestriction", "start_time", "end_time", "restriction"),
    ("misc_housingsubject", "start_datetime", "end_datetime", "stay"),
)


def _end_with_life(table: str, start: str, end: str) -> Rule:
    """Make a rule: what is open ends with the day on which its subject died, in UTC."""
    return Rule(
        table,
        f"UPDATE {{w}} s SET {end} = greatest(s.{start}, (d.death_date + 1)::timestamp AT TIME ZONE 'UTC')"
        f" FROM {{w_subjects_subject}} d WHERE d.id = s.subject_id AND s.{end} IS NULL AND d.death_date IS NOT NULL"
        f" RETURNING {{row}}, '{end} was empty though the subject died on ' || d.death_date || '; now ' || s.{end}",
        needs=("subjects_subject",),
    )


def _end_at_next(table: str, start: str, end: str, noun: str) -> Rule:
    """Make a rule: of several that are open for a subject, each but the last ends when the next one starts."""
    return Rule(
        table,
        f"""WITH every AS (
                SELECT _n, {end} IS NULL AS is_open, lead({start}) OVER turn AS next,
                       count(*) FILTER (WHERE {end} IS NULL) OVER (
                           turn ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS later
                FROM {{w}} WHERE subject_id IS NOT NULL WINDOW turn AS (PARTITION BY subject_id ORDER BY {start}, _n))
            UPDATE {{w}} s SET {end} = e.next FROM every e WHERE e._n = s._n AND e.is_open AND e.later > 0
            RETURNING {{row}}, '{end} was empty though a later {noun} of the subject is open; now ' || s.{end}""",
    )


def _end_at_start(table: str, start: str, end: str) -> Rule:
    return replace(table, end, f"o.{end} < o.{start}", f"o.{start}", f", before {start}; now ")


def _empty_end(table: str) -> Rule:
    return replace(table, "end_time", "o.end_time < o.start_time", "NULL", ", before start_time; now ")


RULES: tuple[Rule, ...] = (
    *(_empty_end(table) for table in EMPTIED),
    *(_end_at_start(*each) for each in ENDED),
)
OPEN_RULES: tuple[Rule, ...] = (
    *(_end_with_life(table, start, end) for table, start, end, _ in OPEN),
    *(_end_at_next(*each) for each in OPEN),
)
"""For after the dates of lives are settled."""
