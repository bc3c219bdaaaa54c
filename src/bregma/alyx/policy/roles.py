"""The roles people have, and what each may do: the table that all judgements follow."""

from __future__ import annotations

from enum import Enum

from bregma.alyx.access.models import Scope


class Capability(Enum):
    """What there is to write, in groups that people are entrusted with together."""

    HUSBANDRY = "husbandry"
    """Animals and their keeping: subjects, weighings, water, cages, litters, genotypes, culls, notes."""
    RECORDING = "recording"
    """Sessions, datasets, insertions and what was measured."""
    SCIENCE = "science"
    """Surgeries, injections, rooms and templates."""
    STOCK = "stock"
    """Lines and what animals are described with."""
    LAB = "lab"
    """Who works in a lab, and its licences."""
    SHARED = "shared"
    """What every member adds and only its makers change: projects, dataset types."""
    PERSONAL = "personal"
    """One's own comments and preferences."""
    ACCOUNT = "account"
    """One's own account, tokens and delegations."""
    ADMIN = "admin"
    """What is for administrators only."""


HUSBANDRY, RECORDING, SCIENCE = Capability.HUSBANDRY, Capability.RECORDING, Capability.SCIENCE
STOCK, LAB = Capability.STOCK, Capability.LAB
NOTHING: frozenset[Capability] = frozenset()
OF_A_SUBJECT = frozenset({HUSBANDRY, RECORDING, SCIENCE})


class LabRole(Enum):
    """What a person is in a lab, the strongest role first."""

    MANAGER = "manager"
    EXPERIMENTER = "experimenter"
    TECHNICIAN = "technician"
    GUEST = "guest"

    @classmethod
    def read(cls, text: str) -> LabRole:
        """Return the role that the free text of a membership says; anything unknown is an experimenter."""
        return _WORDS.get(text.strip().lower(), cls.EXPERIMENTER)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What people of this role write in their lab."""
        return _OF_LAB_ROLE[self]


class Role(Enum):
    """What a person is to a subject, the strongest role first."""

    SUPERUSER = "superuser"
    STOCK_MANAGER = "stock manager"
    OWNER = "owner"
    LAB_MANAGER = "lab manager"
    DELEGATE = "delegate"
    LAB_MATE = "lab mate"
    TECHNICIAN = "technician"
    STRANGER = "stranger"
    GUEST = "guest"
    PUBLIC = "public"
    ANONYMOUS = "anonymous"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What people of this role write of the subject and what hangs on it."""
        if self is Role.TECHNICIAN:
            return frozenset({HUSBANDRY})
        silent = (Role.STRANGER, Role.GUEST, Role.PUBLIC, Role.ANONYMOUS)
        return NOTHING if self in silent else OF_A_SUBJECT

    @property
    def writes(self) -> bool:
        """Whether people of this role may change the subject's own row."""
        return HUSBANDRY in self.capabilities


_WORDS = {
    "manager": LabRole.MANAGER,
    "lab manager": LabRole.MANAGER,
    "technician": LabRole.TECHNICIAN,
    "animal technician": LabRole.TECHNICIAN,
    "experimenter": LabRole.EXPERIMENTER,
    "guest": LabRole.GUEST,
}
_OF_LAB_ROLE = {
    LabRole.MANAGER: OF_A_SUBJECT | {STOCK, LAB},
    LabRole.EXPERIMENTER: OF_A_SUBJECT,
    LabRole.TECHNICIAN: frozenset({HUSBANDRY}),
    LabRole.GUEST: NOTHING,
}
OF_LAB_ROLE_TO_SUBJECT = {
    LabRole.MANAGER: Role.LAB_MANAGER,
    LabRole.EXPERIMENTER: Role.LAB_MATE,
    LabRole.TECHNICIAN: Role.TECHNICIAN,
}
OF_STOCK_MANAGER = OF_A_SUBJECT | {STOCK}

_EVERYDAY = OF_A_SUBJECT | {STOCK, Capability.SHARED, Capability.PERSONAL}
OF_SCOPE: dict[str, frozenset[Capability]] = {
    Scope.READ: NOTHING,
    Scope.HUSBANDRY: frozenset({HUSBANDRY}),
    Scope.REGISTER: frozenset({RECORDING}),
    Scope.WRITE: _EVERYDAY,
    Scope.ADMIN: frozenset(Capability),
}
