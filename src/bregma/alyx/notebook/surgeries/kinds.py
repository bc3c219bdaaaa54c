"""The kinds of procedures that the notebook keeps beside sessions, each told by one frozen class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.alyx.actions.models import OtherAction, Surgery, VirusInjection
from bregma.alyx.notebook.surgeries.forms import ActionForm, InjectionForm, SurgeryForm

if TYPE_CHECKING:
    from bregma.alyx.actions.models import Action
    from bregma.alyx.notebook.surgeries.forms import ProcedureForm


@dataclass(frozen=True)
class Kind:
    """A kind: the word in its addresses, its table, its form, and the names of its pages."""

    word: str
    title: str
    model: type[Action]
    form: type[ProcedureForm]
    listing: str

    @property
    def record(self) -> str:
        """Name of the URL of one row."""
        return self.word


SURGERY = Kind("surgery", "Surgery", Surgery, SurgeryForm, "surgeries")
INJECTION = Kind("injection", "Virus injection", VirusInjection, InjectionForm, "injections")
OTHER = Kind("action", "Other action", OtherAction, ActionForm, "other-actions")
KINDS = (SURGERY, INJECTION, OTHER)
