"""Datasets that are one file, files with two default revisions, and defaults of fields of view."""

from __future__ import annotations

from bregma.alyx.importing.repairs.rule import Rule
from bregma.alyx.importing.report import Outcome

ONE_FILE = Rule(
    "data_dataset",
    """WITH shared AS (
            SELECT _n, first_value(id) OVER turn AS kept, row_number() OVER turn AS place FROM {w}
            WINDOW turn AS (
                PARTITION BY session_id, content_type_id, object_id, collection, name, revision_id
                ORDER BY default_dataset DESC, created_datetime DESC NULLS LAST, _n))
        DELETE FROM {w} s USING shared d WHERE d._n = s._n AND d.place > 1
        RETURNING {row}, 'dataset ' || d.kept || ' is the same file (session, collection, name, revision) and counts;'
            || ' remove one of them in Alyx'""",
    outcome=Outcome.REFUSED,
)
ONE_DEFAULT = Rule(
    "data_dataset",
    """WITH revised AS (
            SELECT s._n, s.session_id, s.collection, s.name, s.created_datetime, r.name AS revision
            FROM {w} s LEFT JOIN {w_data_revision} r ON r.id = s.revision_id
            WHERE s.default_dataset AND s.session_id IS NOT NULL),
        placed AS (
            SELECT _n, row_number() OVER (
                PARTITION BY session_id, collection, name
                ORDER BY revision DESC NULLS LAST, created_datetime DESC NULLS LAST, _n) AS place FROM revised)
        UPDATE {w} s SET default_dataset = false FROM placed p WHERE p._n = s._n AND p.place > 1
        RETURNING {row}, 'default_dataset was true for several revisions of this file; now only for the latest'""",
    needs=("data_revision",),
)
ONE_LOCATION = Rule(
    "experiments_fovlocation",
    """UPDATE {w} s SET default_provenance = false FROM (
            SELECT _n, row_number() OVER (PARTITION BY field_of_view_id ORDER BY _n DESC) AS place FROM {w}
            WHERE default_provenance) p
        WHERE p._n = s._n AND p.place > 1
        RETURNING {row}, 'default_provenance was true for several locations of this view; now only for the last'""",
)

RULES: tuple[Rule, ...] = (ONE_FILE, ONE_DEFAULT, ONE_LOCATION)
