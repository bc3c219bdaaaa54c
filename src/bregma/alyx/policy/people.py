"""What people are today: members or guests, in which labs, and for whom they act."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from bregma.alyx.access.models import Delegation
from bregma.alyx.misc.days import today_in, zone_named
from bregma.alyx.misc.models import LabMember, LabMembership
from bregma.alyx.policy.roles import NOTHING, OF_SCOPE, OF_STOCK_MANAGER, Capability, LabRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, tzinfo
    from uuid import UUID

    from django.db.models import QuerySet

User = LabMember | AnonymousUser

_kept: ContextVar[dict[UUID, Standing] | None] = ContextVar("standings of one request", default=None)


@dataclass(frozen=True)
class Standing:
    """The labs of a person today, with the strongest role in each, and whether all of that is a visit."""

    roles: dict[UUID, LabRole]
    is_guest: bool
    zone: str = ""
    """The name of the time zone of the lab in which the role is strongest."""

    @property
    def labs(self) -> list[UUID]:
        """The labs in which the person works or visits today."""
        return list(self.roles)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the person may write in at least one lab."""
        return NOTHING.union(*(role.capabilities for role in self.roles.values()))


def has_account(user: User) -> bool:
    """Tell whether this is an active account of a member or guest, not one for the public."""
    return bool(user.is_authenticated and user.is_active and not user.is_public_user)


def is_member(user: User) -> bool:
    """Tell whether this is an active account of the collaboration, neither for the public nor a guest's."""
    if not has_account(user):
        return False
    assert isinstance(user, LabMember)
    return user.is_superuser or user.is_stock_manager or not standing_of(user).is_guest


def standing_of(user: LabMember) -> Standing:
    """Return what a person is in labs today: one query, and one only within a request."""
    kept = _kept.get()
    if kept is not None and user.pk in kept:
        return kept[user.pk]
    found = _read_standing(user)
    if kept is not None:
        kept[user.pk] = found
    return found


@contextmanager
def remembered_standings() -> Iterator[None]:
    """Keep what people are in labs until the end of the block, which is one request."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def works_in(user: LabMember, lab: UUID) -> bool:
    """Tell whether a person has an open membership in a lab today, other than as a guest."""
    return standing_of(user).roles.get(lab, LabRole.GUEST) is not LabRole.GUEST


def zone_of(user: User) -> tzinfo:
    """Return the time zone in which a person works: that of their lab, or UTC."""
    return zone_named(standing_of(user).zone if isinstance(user, LabMember) else "")


def open_memberships(user: LabMember) -> QuerySet[LabMembership]:
    """Return the memberships of a person that are open today, where each lab is."""
    rows = LabMembership.objects.filter(user=user).select_related("lab")
    return LabMembership.objects.filter(pk__in=[row.pk for row in rows if row.is_open(today_in(row.lab.timezone))])


def acts_for(user: LabMember, owner: UUID | None, day: date) -> bool:
    """Tell whether a person may act on another's subjects on a day; one query."""
    if owner is None:
        return False
    return LabMember.objects.filter(_entrusted_to(user, day), pk=owner).exists()


def owners_for(user: LabMember, day: date) -> QuerySet[LabMember]:
    """Return those on whose subjects a person may act on a day; no query of its own."""
    return LabMember.objects.filter(_entrusted_to(user, day))


def capabilities_in(user: LabMember, lab: UUID) -> frozenset[Capability]:
    """Return what a person may write in a lab."""
    if user.is_superuser:
        return frozenset(Capability)
    role = standing_of(user).roles.get(lab)
    own = role.capabilities if role else NOTHING
    return own | OF_STOCK_MANAGER if user.is_stock_manager else own


def limit_to_scopes(user: LabMember, scopes: Iterable[str]) -> None:
    """Let this account, as read for one request, write no more than the scopes of its token allow."""
    limits = NOTHING.union(*(OF_SCOPE.get(scope, NOTHING) for scope in scopes))
    user.policy_limits = limits  # type: ignore[attr-defined]


def within_scopes(user: Any, capability: Capability) -> bool:
    """Tell whether the token with which a person asks, if any, allows something."""
    limits: frozenset[Capability] | None = getattr(user, "policy_limits", None)
    return limits is None or capability in limits


def _entrusted_to(user: LabMember, day: date) -> Q:
    dated = Delegation.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=day), owner=OuterRef("pk"), delegate=user, start_date__lte=day
    )
    legacy = LabMember.allowed_users.through.objects.filter(from_labmember=OuterRef("pk"), to_labmember=user)
    return Q(Exists(legacy)) | Q(Exists(dated))


def _read_standing(user: LabMember) -> Standing:
    rows = list(
        LabMembership.objects.filter(user=user)
        .order_by()
        .values_list("lab_id", "role", "start_date", "end_date", "lab__timezone")
    )
    found: dict[UUID, LabRole] = {}
    zones: dict[UUID, str] = {}
    strongest = list(LabRole)
    for lab, text, start, end, zone in rows:
        role = LabRole.read(text)
        day = today_in(zone)
        if (start is None or start <= day) and (end is None or day <= end):
            found[lab] = min(role, found.get(lab, role), key=strongest.index)
            zones[lab] = zone
    works = any(role is not LabRole.GUEST for role in found.values())
    visited_only = all(LabRole.read(row[1]) is LabRole.GUEST for row in rows)
    visits = bool(found) or (bool(rows) and visited_only)
    home = min(zones, key=lambda lab: strongest.index(found[lab]), default=None)
    return Standing(found, is_guest=visits and not works, zone=zones[home] if home else "")
