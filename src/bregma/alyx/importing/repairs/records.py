"""Sessions of one number, zygosities of one allele, and what administrators should know."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from bregma.alyx.data.secret_names import WORDS, HoldsSecrets
from bregma.alyx.importing.repairs.rule import Rule
from bregma.alyx.importing.report import Outcome

DAY = "(start_time AT TIME ZONE 'UTC')::date"
NUMBER_SESSIONS = Rule(
    "actions_session",
    f"""WITH mine AS (
            SELECT _n, subject_id, {DAY} AS day, number, start_time, row_number() OVER (
                PARTITION BY subject_id, {DAY}, number ORDER BY start_time, _n) AS place
            FROM {{w}} WHERE number IS NOT NULL AND start_time IS NOT NULL),
        here AS (
            SELECT subject_id, {DAY} AS day, number FROM actions_session t
            WHERE number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {{w}} k WHERE k.id = t.id)),
        doubled AS (
            SELECT *, row_number() OVER (PARTITION BY subject_id, day ORDER BY start_time, _n) AS step FROM mine m
            WHERE place > 1 OR EXISTS (
                SELECT 1 FROM here h WHERE (h.subject_id, h.day, h.number) = (m.subject_id, m.day, m.number))),
        largest AS (
            SELECT subject_id, day, max(number) AS number FROM (
                SELECT subject_id, day, number FROM mine UNION ALL SELECT subject_id, day, number FROM here)
            GROUP BY subject_id, day)
        UPDATE {{w}} s SET number = l.number + d.step FROM doubled d JOIN largest l USING (subject_id, day)
        WHERE d._n = s._n
        RETURNING {{row}}, 'number was ' || d.number || ', as of another session of this subject on ' || d.day
            || '; now ' || s.number || ' (paths of its files keep the old one)'""",
)


def _keep_last_zygosity(outcome: Outcome, compared: str, words: str) -> Rule:
    return Rule(
        "subjects_zygosity",
        f"""WITH last AS (
                SELECT DISTINCT ON (subject_id, allele_id) _n, subject_id, allele_id, zygosity, id FROM {{w}}
                ORDER BY subject_id, allele_id, _n DESC)
            DELETE FROM {{w}} s USING last l
            WHERE (l.subject_id, l.allele_id) = (s.subject_id, s.allele_id) AND l._n <> s._n
              AND s.zygosity {compared} l.zygosity
            RETURNING {{row}}, '{words} ' || l.id""",
        outcome=outcome,
    )


SUPERUSERS = Rule(
    "misc_labmember",
    "SELECT {row}, s.username || ' is a superuser and may do everything here, as in Alyx; take that away if not meant'"
    " FROM {w} s WHERE s.is_superuser AND s.is_active"
    " AND NOT EXISTS (SELECT 1 FROM misc_labmember t WHERE t.id = s.id AND t.is_superuser)",
    outcome=Outcome.NOTED,
)
NO_PASSWORD = Rule(
    "misc_labmember",
    "SELECT {row}, s.username || ' has no password; make a link to log in with: bregma user link ' || s.username"
    " FROM {w} s WHERE s.password = '' AND s.is_active"
    " AND NOT EXISTS (SELECT 1 FROM misc_labmember t WHERE t.id = s.id)",
    outcome=Outcome.NOTED,
)
IS_SECRET = f"key ~* '{WORDS}|^key$'"
CREDENTIALS = Rule(
    "data_datarepository",
    f"""WITH named AS (
            SELECT _n, string_agg(key, ', ' ORDER BY key) FILTER (WHERE {IS_SECRET}) AS names,
                   jsonb_object_agg(key, value) FILTER (WHERE NOT {IS_SECRET}) AS rest
            FROM {{w}}, jsonb_each(CASE jsonb_typeof(json::jsonb) WHEN 'object' THEN json::jsonb END) GROUP BY _n)
        UPDATE {{w}} s
        SET json = CASE WHEN {HoldsSecrets.template % {"expressions": "d.rest"}} THEN NULL ELSE d.rest END
        FROM named d WHERE d._n = s._n AND {HoldsSecrets.template % {"expressions": "s.json"}}
        RETURNING {{row}}, s.name || ' held secrets in json (' || coalesce(d.names, 'deep inside')
            || '): not entered; name them in BREGMA_STORAGE_SECRETS, and renew them: they are in every copy of the dump'
    """,
)

RULES: tuple[Rule, ...] = (
    NUMBER_SESSIONS,
    _keep_last_zygosity(Outcome.MERGED, "=", "the same is said by row"),
    _keep_last_zygosity(Outcome.REFUSED, "<>", "the latest zygosity of an allele counts; this one differs from row"),
    SUPERUSERS,
    NO_PASSWORD,
    CREDENTIALS,
)
