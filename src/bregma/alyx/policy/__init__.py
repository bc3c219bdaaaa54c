"""Who may read and write what: one set of rules for pages, REST, admin and store.

Members read everything of the collaboration; guests what hangs on the labs that they visit and the projects that list
them; accounts for the public what carries a public tag. What is written is judged by role and kind of row: read
:mod:`~bregma.alyx.policy.roles` (what each role may do) and :mod:`~bregma.alyx.policy.rules` (one line per table)
first. What has no rule is for administrators only.
"""

from __future__ import annotations

from bregma.alyx.policy.people import (
    User,
    has_account,
    is_member,
    limit_to_scopes,
    open_memberships,
    remembered_standings,
    standing_of,
    works_in,
    zone_of,
)
from bregma.alyx.policy.places import lab_of, subject_of, subject_paths
from bregma.alyx.policy.reading import describable, may_read, readable
from bregma.alyx.policy.rights import may_have_storage_keys
from bregma.alyx.policy.roles import Capability, LabRole, Role
from bregma.alyx.policy.rules import RULES, Reading, Rule, rule_of
from bregma.alyx.policy.selecting import writable_subjects
from bregma.alyx.policy.writing import (
    check_may_write,
    may_add,
    may_change_some,
    may_entrust,
    may_write,
    role_of,
)

SUBJECT_PATHS = subject_paths()

__all__ = [
    "RULES",
    "SUBJECT_PATHS",
    "Capability",
    "LabRole",
    "Reading",
    "Role",
    "Rule",
    "User",
    "check_may_write",
    "describable",
    "has_account",
    "is_member",
    "lab_of",
    "limit_to_scopes",
    "may_add",
    "may_change_some",
    "may_entrust",
    "may_have_storage_keys",
    "may_read",
    "may_write",
    "open_memberships",
    "readable",
    "remembered_standings",
    "role_of",
    "rule_of",
    "standing_of",
    "subject_of",
    "subject_paths",
    "works_in",
    "writable_subjects",
    "zone_of",
]
