"""Finds revisions by name, making those that are new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.data.models import Revision

if TYPE_CHECKING:
    from collections.abc import Iterable


def find_revisions(names: Iterable[str]) -> dict[str, Revision]:
    """Return revisions by name; at most three queries."""
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    Revision.objects.bulk_create([Revision(name=name) for name in sorted(wanted)], ignore_conflicts=True)
    return {revision.name: revision for revision in Revision.objects.filter(name__in=wanted)}
