"""Finds animals that could breed, for a field that proposes names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx import policy
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from django.db.models import QuerySet

PROPOSED = 12


def find_candidates(user: Any, sex: str, words: str) -> QuerySet[Subject]:
    """Return some living animals of a sex that a person may write, whose nickname has some words; three queries."""
    rows = Subject.objects.filter(living(), sex=sex, nickname__icontains=words.strip()).select_related("line")
    return policy.writable_subjects(user, policy.readable(user, rows)).order_by("nickname")[:PROPOSED]
