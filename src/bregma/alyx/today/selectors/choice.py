"""Which part of the day's work a person looks at: own mice, those of a lab, a room or a cage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.http import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.subjects.models import Subject
    from bregma.alyx.today.selectors.animals import Place


class Scope(StrEnum):
    """Whose animals."""

    MINE = "mine"
    LAB = "lab"
    ALL = "all"


@dataclass(frozen=True)
class Choice:
    """What the person chose; empty parts choose everything. ``lab`` is the name of a lab."""

    scope: Scope = Scope.ALL
    lab: str = ""
    room: str = ""
    cage: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Choice:
        """Read the address of the page; what it says in vain is left out."""
        mine = Scope.MINE if asked.get("of") == Scope.MINE else Scope.ALL
        lab = asked.get("lab", "")[:255]
        return cls(
            scope=Scope.LAB if lab else mine,
            lab=lab,
            room=asked.get("room", "")[:255],
            cage=asked.get("cage", "")[:64],
        )

    @property
    def query(self) -> str:
        """The choice as part of an address."""
        of = Scope.MINE.value if self.scope is Scope.MINE else ""
        told = {"of": of, "lab": self.lab, "room": self.room, "cage": self.cage}
        return urlencode({name: value for name, value in told.items() if value})

    def takes(self, user: Any, animal: Subject, place: Place) -> bool:
        """Tell whether an animal belongs to it."""
        if self.scope is Scope.MINE and animal.responsible_user_id != user.pk:
            return False
        if self.lab and animal.lab.name != self.lab:
            return False
        if self.room and place.room != self.room:
            return False
        return not self.cage or self.cage in (place.name, str(place.cage))

    def is_of_cage(self) -> UUID | None:
        """Return the key of the chosen cage, where the choice is one."""
        try:
            return UUID(self.cage)
        except ValueError:
            return None
