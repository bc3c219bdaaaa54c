"""What a person sees of the own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils import timezone

from bregma.alyx.access.models import ApiToken, Delegation
from bregma.alyx.access.second_factor import has_second_factor, needs_second_factor
from bregma.alyx.misc.days import lab_today
from bregma.alyx.misc.models import LabMember, LabMembership
from bregma.alyx.policy import LabRole

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

WORDS = {
    LabRole.MANAGER: "lab manager: you change everything of this lab, who works in it too",
    LabRole.EXPERIMENTER: "experimenter: you change this lab's animals, sessions and data",
    LabRole.TECHNICIAN: "technician: you keep this lab's animals: weighings, water, cages, litters, genotypes, culls",
    LabRole.GUEST: "guest: you read what this lab shares, and comment",
}


@dataclass(frozen=True)
class Place:
    """A membership in words."""

    lab: str
    words: str
    start: date | None
    end: date | None
    is_open: bool


@dataclass(frozen=True)
class Safety:
    """How an account is protected, and which identities sign it in."""

    has_second_factor: bool
    needs_second_factor: bool
    identities: list[str]


def list_places(user: LabMember) -> list[Place]:
    """Return the memberships of a person, open ones first; one query."""
    rows = LabMembership.objects.filter(user=user).select_related("lab")
    places = [
        Place(
            row.lab.name,
            WORDS[LabRole.read(row.role)],
            row.start_date,
            row.end_date,
            row.is_open(lab_today(row.lab)),
        )
        for row in rows
    ]
    return sorted(places, key=lambda place: (not place.is_open, place.lab))


def load_safety(user: LabMember) -> Safety:
    """Return how an account is protected; two queries."""
    identities = [row.provider for row in SocialAccount.objects.filter(user=user)]
    return Safety(has_second_factor(user), needs_second_factor(user), identities)


@dataclass(frozen=True)
class TokenLine:
    """A token in words."""

    token: ApiToken
    state: str
    may: str

    @property
    def is_open(self) -> bool:
        """Whether it still works."""
        return self.state == "good"


def list_tokens(user: LabMember) -> list[TokenLine]:
    """Return the personal tokens of a person, working ones first; one query."""
    now = timezone.now()
    lines = [TokenLine(row, _state(row), ", ".join(row.scopes)) for row in ApiToken.objects.filter(user=user)]
    return sorted(lines, key=lambda line: not line.token.is_open(now))


@dataclass(frozen=True)
class DelegationLine:
    """A delegation in words; without a key when it has no dates, as those of Alyx."""

    person: LabMember
    key: UUID | None
    start: date | None
    end: date | None
    reason: str
    state: str


def list_given(user: LabMember) -> list[DelegationLine]:
    """Return who acts on a person's subjects: with dates, then without; two queries."""
    rows = Delegation.objects.filter(owner=user).select_related("delegate")
    return [_line(row, row.delegate) for row in rows] + [_undated(person) for person in user.allowed_users.all()]


def list_received(user: LabMember) -> list[DelegationLine]:
    """Return on whose subjects a person acts; two queries."""
    rows = Delegation.objects.filter(delegate=user).select_related("owner")
    return [_line(row, row.owner) for row in rows] + [_undated(person) for person in user.delegated_by.all()]


def list_providers() -> list[tuple[str, str]]:
    """Return the name and log-in address of each provider that the environment sets up; no query."""
    found = []
    if "openid_connect" in settings.SOCIALACCOUNT_PROVIDERS:
        app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
        found.append((app["name"], "/account/oidc/oidc/login/"))
    if "orcid" in settings.SOCIALACCOUNT_PROVIDERS:
        found.append(("ORCID", "/account/orcid/login/"))
    return found


def _line(row: Delegation, person: LabMember) -> DelegationLine:
    today = timezone.localdate()
    state = "open" if row.is_open(today) else "later" if row.start_date > today else "ended"
    return DelegationLine(person, row.pk, row.start_date, row.end_date, row.reason, state)


def _undated(person: LabMember) -> DelegationLine:
    return DelegationLine(person, None, None, None, "", "open")


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "good" if token.is_open(timezone.now()) else "expired"
