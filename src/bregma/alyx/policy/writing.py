"""Who may write a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from bregma.alyx.misc.days import lab_today, today_in
from bregma.alyx.misc.models import LabMember
from bregma.alyx.policy.people import (
    capabilities_in,
    has_account,
    is_member,
    standing_of,
    within_scopes,
)
from bregma.alyx.policy.places import content_of, lab_of, subject_of
from bregma.alyx.policy.reading import may_read
from bregma.alyx.policy.roles import (
    NOTHING,
    OF_A_SUBJECT,
    OF_LAB_ROLE_TO_SUBJECT,
    OF_STOCK_MANAGER,
    Capability,
    LabRole,
    Role,
)
from bregma.alyx.policy.rules import rule_of
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from django.db.models import Model

    from bregma.alyx.policy.people import User
    from bregma.alyx.policy.rules import Rule

OWN = (Capability.PERSONAL, Capability.ACCOUNT)


def role_of(user: User, subject: Subject) -> Role:
    """Return what a person is to a subject; two queries at most, one once its lab is read."""
    if not user.is_authenticated or not user.is_active:
        return Role.ANONYMOUS
    if user.is_public_user:
        return Role.PUBLIC
    if user.is_superuser:
        return Role.SUPERUSER
    if user.is_stock_manager:
        return Role.STOCK_MANAGER
    return _role_of_member(user, subject)


def may_write(user: User, obj: Model) -> bool:
    """Tell whether a person may create, change or delete a row; it need not be saved yet."""
    rule = rule_of(obj.__class__)
    if not _may_begin(user, rule):
        return False
    assert isinstance(user, LabMember)
    if user.is_superuser:
        return True
    if rule is None or rule.capability is Capability.ADMIN:
        return False
    if rule.capability in OWN:
        return _is_own(user, obj, rule) and _is_about_readable(user, obj, rule)
    if not is_member(user):
        return False
    return _is_own(user, obj, rule) or _is_entrusted(user, obj, rule)


def may_add(user: User, model: type[Model]) -> bool:
    """Tell whether a person may create any row of a table; :func:`may_write` then judges the row."""
    rule = rule_of(model)
    if not _may_begin(user, rule):
        return False
    assert isinstance(user, LabMember)
    if user.is_superuser:
        return True
    if rule is None or rule.capability is Capability.ADMIN or issubclass(model, LabMember):
        return False
    if rule.capability in OWN:
        return True
    return is_member(user) and _may_add_some(user, rule)


def may_change_some(user: User, model: type[Model] | None) -> bool:
    """Tell whether a person may change some row of a table: members, and guests what is their own."""
    rule = rule_of(model) if model is not None else None
    return is_member(user) or (rule is not None and rule.capability in OWN and has_account(user))


def may_entrust(user: User, subject: Subject) -> bool:
    """Tell whether a person may give a subject to another responsible user."""
    return role_of(user, subject) in (Role.SUPERUSER, Role.STOCK_MANAGER, Role.LAB_MANAGER, Role.OWNER)


def check_may_write(user: User, obj: Model) -> None:
    """Refuse what :func:`may_write` refuses.

    Raises
    ------
    PermissionDenied
        Naming the row and whom to ask.
    """
    if not may_write(user, obj):
        raise PermissionDenied(f"{user} may not write {obj._meta.verbose_name} {obj}: {_whom_to_ask(user, obj)}")


def _role_of_member(user: LabMember, subject: Subject) -> Role:
    standing = standing_of(user)
    if standing.is_guest:
        return Role.GUEST
    if subject.responsible_user_id == user.pk:
        return Role.OWNER
    in_lab = standing.roles.get(subject.lab_id)
    if in_lab is LabRole.MANAGER:
        return Role.LAB_MANAGER
    if subject.responsible_user_id in standing.owners_on(lab_today(subject.lab)):
        return Role.DELEGATE
    return OF_LAB_ROLE_TO_SUBJECT.get(in_lab, Role.STRANGER) if in_lab else Role.STRANGER


def _may_begin(user: User, rule: Rule | None) -> bool:
    """Refuse those without an account, and tokens beyond their scopes."""
    needed = rule.capability if rule is not None else Capability.ADMIN
    return has_account(user) and within_scopes(user, needed)


def _is_own(user: LabMember, obj: Any, rule: Rule) -> bool:
    if isinstance(obj, LabMember):
        return obj.pk == user.pk and not obj._state.adding
    if isinstance(obj, Project):
        return obj._state.adding or obj.users.filter(pk=user.pk).exists()
    if rule.capability is Capability.SHARED and obj._state.adding:
        return True
    return bool(rule.person) and getattr(obj, f"{rule.person}_id") == user.pk


def _is_about_readable(user: LabMember, obj: Model, rule: Rule) -> bool:
    """Refuse a comment on what the person may not see."""
    if not rule.about_anything:
        return True
    target = content_of(obj)
    return target is not None and may_read(user, target)


def _is_entrusted(user: LabMember, obj: Model, rule: Rule) -> bool:
    subject = subject_of(obj)
    if subject is not None:
        return rule.capability in role_of(user, subject).capabilities
    lab = lab_of(obj)
    if lab is not None:
        return rule.capability in capabilities_in(user, lab)
    entrusted = OF_STOCK_MANAGER if user.is_stock_manager else NOTHING
    if rule.anywhere:
        entrusted |= standing_of(user).capabilities
    unplaced = rule.anywhere or rule.capability is Capability.STOCK or bool(rule.labs)
    return unplaced and rule.capability in entrusted


def _may_add_some(user: LabMember, rule: Rule) -> bool:
    if rule.capability is Capability.SHARED or rule.person:
        return True
    if user.is_stock_manager and rule.capability in OF_STOCK_MANAGER:
        return True
    standing = standing_of(user)
    of_subjects = rule.subject is not None or rule.about_anything
    if of_subjects and (not standing.roles or rule.capability is Capability.HUSBANDRY):
        return True
    if rule.capability in standing.capabilities and (of_subjects or rule.labs or rule.anywhere):
        return True
    return of_subjects and rule.capability in OF_A_SUBJECT and _acts_on_some_subject(user)


def _acts_on_some_subject(user: LabMember) -> bool:
    owners = standing_of(user).owners_on(today_in(""))
    return Subject.objects.filter(Q(responsible_user=user) | Q(responsible_user__in=owners)).exists()


def _whom_to_ask(user: User, obj: Model) -> str:
    rule = rule_of(obj.__class__)
    if rule is not None and not within_scopes(user, rule.capability):
        return "the token lacks a scope for it; make one that may write on the account page"
    subject = subject_of(obj)
    if subject is None:
        return "ask an administrator"
    return f"ask {subject.responsible_user or 'a stock manager'}, or someone of {subject.lab}"
