"""What notes and comments may be on, by the word that stands for it in addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

from bregma.alyx import policy
from bregma.alyx.actions.models import OtherAction, Session, Surgery, VirusInjection
from bregma.alyx.misc.models import Note
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model

    from bregma.alyx.policy import User

NOTED: dict[str, type[Model]] = {
    "subject": Subject,
    "session": Session,
    "surgery": Surgery,
    "injection": VirusInjection,
    "action": OtherAction,
}
SAID_ABOUT: dict[str, type[Model]] = {"subject": Subject, "session": Session, "note": Note}
_JOINED: dict[type[Model], tuple[str, ...]] = {Subject: ("lab", "responsible_user"), Note: ("user",)}


def word_for(row: Model) -> str:
    """Return the word that stands for the kind of a row in addresses."""
    known = {**NOTED, **SAID_ABOUT}
    return next(word for word, model in known.items() if isinstance(row, model))


def load_target(kinds: dict[str, type[Model]], word: str, key: UUID, user: User) -> Any:
    """Return the row that an address names.

    Raises
    ------
    Http404
        If there is none that the person may read.
    """
    model = kinds.get(word)
    if model is None:
        raise Http404(f"nothing is called {word!r} here; it is one of {', '.join(kinds)}")
    joined = _JOINED.get(model, ("subject__lab", "subject__responsible_user"))
    found = policy.readable(user, model._default_manager.filter(pk=key)).select_related(*joined).first()
    if found is None:
        raise Http404(f"no {word} {key} that you may read")
    return found
