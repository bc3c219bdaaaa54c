"""Who answers for the welfare of a lab's animals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx import policy
from bregma.alyx.misc.days import lab_today
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.policy import LabRole, Role

if TYPE_CHECKING:
    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Subject

MANAGING = (Role.SUPERUSER, Role.STOCK_MANAGER, Role.LAB_MANAGER)


def managers_of(lab: Lab) -> list[LabMember]:
    """Return the people who manage a lab today; one query."""
    rows = LabMembership.objects.filter(lab=lab, user__is_active=True).select_related("user")
    today = lab_today(lab)
    return [row.user for row in rows if row.is_open(today) and LabRole.read(row.role) is LabRole.MANAGER]


def may_manage(user: policy.User, subject: Subject) -> bool:
    """Tell whether a person manages the lab of a subject, the stock, or everything."""
    return policy.role_of(user, subject) in MANAGING
