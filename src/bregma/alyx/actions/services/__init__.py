"""Writes what happens to a subject: sessions, weighings, water and restrictions of it.

May import: policy, changes, the models, subjects.water.
Read first: entries.py.
"""

from __future__ import annotations

from bregma.alyx.actions.services.entries import (
    DrinkTerms,
    change_water,
    change_weighing,
    give_water,
    weigh,
)
from bregma.alyx.actions.services.restrictions import (
    RestrictionTerms,
    change_restriction,
    delete_restriction,
    end_restriction,
    restrict_water,
)
from bregma.alyx.actions.services.rules import apply_surgery, update_protocol_number
from bregma.alyx.actions.services.sessions import change_session, delete_session, has_files, register_session

__all__ = [
    "DrinkTerms",
    "RestrictionTerms",
    "apply_surgery",
    "change_restriction",
    "change_session",
    "change_water",
    "change_weighing",
    "delete_restriction",
    "delete_session",
    "end_restriction",
    "give_water",
    "has_files",
    "register_session",
    "restrict_water",
    "update_protocol_number",
    "weigh",
]
