"""Birth, weaning, death and cull of a subject, in this order; and what ends with its life."""

from __future__ import annotations

from bregma.alyx.importing.repairs.rule import Rule, replace
from bregma.alyx.importing.repairs.times import OPEN_RULES
from bregma.alyx.importing.report import Outcome

CULLED = Rule(
    "subjects_subject",
    "UPDATE {w} s SET death_date = c.date FROM {w_actions_cull} c WHERE c.subject_id = s.id AND s.death_date IS NULL"
    " RETURNING {row}, 'death_date was empty though a cull is recorded; now ' || c.date",
    needs=("actions_cull",),
)
CULL_DATE = Rule(
    "actions_cull",
    "UPDATE {w} s SET date = d.death_date FROM {w} o, {w_subjects_subject} d"
    " WHERE o._n = s._n AND d.id = s.subject_id AND o.date <> d.death_date"
    " RETURNING {row}, 'date was ' || o.date || ', not the death_date of the subject; now ' || s.date",
    needs=("subjects_subject",),
)
TWO_CAGES = Rule(
    "subjects_subject",
    "SELECT {row}, 'its cage is ' || s.cage || ', but an open stay says ' || h.cage_name || '; the stay counts, and'"
    " || ' the next move writes both'"
    " FROM {w} s JOIN {w_misc_housingsubject} l ON l.subject_id = s.id AND l.end_datetime IS NULL"
    " JOIN {w_misc_housing} h ON h.id = l.housing_id WHERE s.cage <> h.cage_name AND s.cage <> ''",
    outcome=Outcome.NOTED,
    needs=("misc_housingsubject", "misc_housing"),
)

RULES: tuple[Rule, ...] = (
    CULLED,
    replace("subjects_subject", "birth_date", "o.death_date < o.birth_date", "NULL", ", after death_date; now "),
    replace("subjects_subject", "wean_date", "o.wean_date < o.birth_date", "NULL", ", before birth_date; now "),
    CULL_DATE,
    *OPEN_RULES,
    TWO_CAGES,
)
