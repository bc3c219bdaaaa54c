"""Which subjects a person may write: one condition for lists, such as the work of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from bregma.alyx.misc.days import today_in
from bregma.alyx.misc.models import LabMember
from bregma.alyx.policy.people import is_member, standing_of, within_scopes
from bregma.alyx.policy.roles import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.policy.people import User
    from bregma.alyx.subjects.models import Subject


def writable_subjects(
    user: User, subjects: QuerySet[Subject], *, capability: Capability = Capability.HUSBANDRY
) -> QuerySet[Subject]:
    """Return the subjects on which a person may do something: as :func:`bregma.alyx.policy.may_write`, one query."""
    if not is_member(user) or not within_scopes(user, capability):
        return subjects.none()
    assert isinstance(user, LabMember)
    if user.is_superuser or user.is_stock_manager:
        return subjects
    roles = standing_of(user).roles
    labs = [lab for lab, role in roles.items() if capability in role.capabilities]
    return subjects.filter(Q(lab__in=labs) | Q(responsible_user=user) | _entrusted(user))


def _entrusted(user: LabMember) -> Q:
    """Return the condition on subjects of those for whom the person acts on the day that it is in each lab."""
    standing = standing_of(user)
    labs: dict[str, list[UUID]] = {}
    for lab, zone in standing.zones.items():
        labs.setdefault(zone, []).append(lab)
    condition = Q(pk__in=[])
    for zone, keys in labs.items() if standing.trusts else ():
        condition |= Q(lab__in=keys, responsible_user__in=standing.owners_on(today_in(zone)))
    return condition
