"""Who is told something: those whom it names, the responsible user, and everybody whose rules ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from bregma.alyx import policy
from bregma.alyx.actions.models import NotificationRule
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.alyx.subjects.models import Subject

Scope = NotificationRule.Scope


def list_recipients(
    notification_type: str,
    *,
    subject: Subject | None = None,
    users: Iterable[LabMember] | None = None,
    by: LabMember | None = None,
) -> list[LabMember]:
    """Return the people to tell, by name.

    Parameters
    ----------
    users
        People who are told besides those whose rules ask for it: all but those who want nothing of this type.
        The responsible user is asked for by the default rule, ``mine``.
    by
        Who did it: told only if among ``users``.
    """
    named = {user.pk for user in users or ()}
    rules = NotificationRule.objects.filter(notification_type=notification_type)
    scopes = {rule.user_id: Scope(rule.subjects_scope) for rule in rules}
    asking = [pk for pk, scope in scopes.items() if scope in (Scope.LAB, Scope.ALL)] if subject else []
    owner = subject.responsible_user_id if subject else None
    people = LabMember.objects.filter(
        Q(pk__in=named) | Q(pk__in=asking) | Q(pk=owner), is_active=True, is_public_user=False
    )
    return [
        person
        for person in people.order_by("username")
        if (person.pk in named or (person != by and _asks(person, subject, scopes.get(person.pk, Scope.MINE))))
        and scopes.get(person.pk) is not Scope.NONE
        and (subject is None or policy.may_read(person, subject))
    ]


def _asks(person: LabMember, subject: Subject | None, scope: NotificationRule.Scope) -> bool:
    if subject is None:
        return False
    if scope is Scope.MINE:
        return subject.responsible_user_id == person.pk
    return scope is Scope.ALL or (scope is Scope.LAB and subject.lab_id in policy.standing_of(person).roles)
