"""What people are today: members or guests, in which labs, and for whom they act."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import CharField, DateField, F, Value
from django.db.models.functions import Cast

from bregma.alyx.access.models import Delegation
from bregma.alyx.misc.days import today_in, zone_named
from bregma.alyx.misc.models import Lab, LabMember, LabMembership
from bregma.alyx.policy.roles import NOTHING, OF_SCOPE, OF_STOCK_MANAGER, Capability, LabRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, tzinfo

    from django.db.models import QuerySet

User = LabMember | AnonymousUser

COLUMNS = ("key", "text", "first", "last")
N_PARTS = 4
ANYBODY = UUID(int=0)
"""Stands in the query for the person who is asked about."""

_kept: ContextVar[dict[UUID, Standing] | None] = ContextVar("standings of one request", default=None)


@dataclass(frozen=True)
class Trust:
    """Somebody lets a person act on the own subjects, from one day to another; without an end where there is none."""

    owner: UUID
    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        """Tell whether the person may act on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Standing:
    """The labs of a person today, with the strongest role in each, and whether all of that is a visit."""

    roles: dict[UUID, LabRole]
    is_guest: bool
    zone: str = ""
    """The name of the time zone of the lab in which the role is strongest."""
    trusts: tuple[Trust, ...] = ()
    """Who lets the person act on the own subjects."""
    zones: dict[UUID, str] = field(default_factory=dict)
    """The name of the time zone of every lab."""

    @property
    def labs(self) -> list[UUID]:
        """The labs in which the person works or visits today."""
        return list(self.roles)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the person may write in at least one lab."""
        return NOTHING.union(*(role.capabilities for role in self.roles.values()))

    def owners_on(self, day: date) -> set[UUID]:
        """Return those on whose subjects the person may act on a day."""
        return {trust.owner for trust in self.trusts if trust.holds(day)}


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


def _read_standing(user: LabMember) -> Standing:
    """Read memberships, who entrusts the person, and where the labs are: one query."""
    question, values = _question()
    rows: tuple[list[Any], ...] = tuple([] for _ in range(N_PARTS))
    with connection.cursor() as cursor:
        cursor.execute(question, [user.pk if value == ANYBODY else value for value in values])
        for kind, *row in cursor.fetchall():
            rows[kind].append(row)
    memberships, delegations, legacy, labs = rows
    trusts = tuple(Trust(owner, first, last) for owner, _, first, last in (*delegations, *legacy))
    return _judge(memberships, {key: zone for key, zone, _, _ in labs}, trusts)


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """Write the query, and the values in it, once: every request asks it, and writing it takes longer than asking."""
    parts = (
        _part(LabMembership.objects.filter(user=ANYBODY), key="lab", text="role", first="start_date", last="end_date"),
        _part(Delegation.objects.filter(delegate=ANYBODY), key="owner", first="start_date", last="end_date"),
        _part(LabMember.allowed_users.through.objects.filter(to_labmember=ANYBODY), key="from_labmember"),
        _part(Lab.objects.all(), key="pk", text="timezone"),
    )
    kinds = [part.annotate(part=Value(i)).values_list("part", *COLUMNS) for i, part in enumerate(parts)]
    question, values = kinds[0].union(*kinds[1:], all=True).query.sql_with_params()
    return question, tuple(values)


def _part(rows: Any, *, key: str, text: str = "", first: str = "", last: str = "") -> Any:
    """Return rows of one table, in the columns that all of them share."""
    nothing: Any = Cast(Value(None), DateField())
    return rows.order_by().annotate(
        key=F(key),
        text=Cast(F(text), CharField()) if text else Value(""),
        first=F(first) if first else nothing,
        last=F(last) if last else nothing,
    )


def _judge(memberships: list[Any], zones: dict[UUID, str], trusts: tuple[Trust, ...]) -> Standing:
    found: dict[UUID, LabRole] = {}
    strongest = list(LabRole)
    for lab, text, start, end in memberships:
        role = LabRole.read(text)
        day = today_in(zones[lab])
        if (start is None or start <= day) and (end is None or day <= end):
            found[lab] = min(role, found.get(lab, role), key=strongest.index)
    works = any(role is not LabRole.GUEST for role in found.values())
    visited_only = all(LabRole.read(row[1]) is LabRole.GUEST for row in memberships)
    visits = bool(found) or (bool(memberships) and visited_only)
    home = min(found, key=lambda lab: strongest.index(found[lab]), default=None)
    zone = zones[home] if home else ""
    return Standing(found, is_guest=visits and not works, zone=zone, trusts=trusts, zones=zones)
