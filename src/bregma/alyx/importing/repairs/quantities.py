"""Quantities outside of their range, and names outside of their grammar."""

from __future__ import annotations

from bregma.alyx.importing.repairs.rule import Rule, replace

NOT_NEGATIVE = (
    ("actions_session", "n_trials"),
    ("actions_session", "n_correct_trials"),
    ("actions_session", "number"),
    ("actions_wateradministration", "water_administered"),
    ("actions_virusinjection", "injection_volume"),
    ("actions_virusinjection", "rate_of_injection"),
    ("subjects_subjectrequest", "count"),
    ("data_dataset", "file_size"),
    ("jobs_task", "time_out_secs"),
)
RANGES = (
    ("theta", 0, 180),
    ("phi", -180, 360),
    ("roll", 0, 360),
)
WORDS = (
    ("misc_lab", "name", r"\W"),
    ("subjects_subject", "nickname", r"[^\w.-]"),
    ("data_revision", "name", r"[^\w.-]"),
)
"""Columns, and which characters may not be in them."""

RULES: tuple[Rule, ...] = (
    *(replace(table, each, f'o."{each}" < 0', "NULL", ", below zero; now ") for table, each in NOT_NEGATIVE),
    replace("actions_waterrestriction", "reference_weight", "o.reference_weight < 0", "0", ", below zero; now "),
    *(
        replace(
            "experiments_trajectoryestimate",
            each,
            f"o.{each} NOT BETWEEN {least} AND {most}",
            "NULL",
            f" degrees, not in {least} to {most}; now ",
        )
        for each, least, most in RANGES
    ),
    *(
        replace(
            table,
            each,
            f"o.{each} ~ '{bad}'",
            f"regexp_replace(o.{each}, '{bad}', '_', 'g')",
            ", with characters that a path cannot have; now ",
        )
        for table, each, bad in WORDS
    ),
)
