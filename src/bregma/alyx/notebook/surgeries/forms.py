"""The forms of surgeries, injections and other actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from bregma.alyx.actions.models import OtherAction, Surgery, VirusInjection
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.notebook.sessions.forms import NARRATIVE, MomentInput, RowForm, people_around

if TYPE_CHECKING:
    from bregma.alyx.subjects.models import Subject

WIDGETS: dict[str, Any] = {
    "start_time": MomentInput,
    "end_time": MomentInput,
    "users": forms.CheckboxSelectMultiple,
    "procedures": forms.CheckboxSelectMultiple,
    "narrative": forms.Textarea(attrs=NARRATIVE),
}
LABELS = {"users": "People", "start_time": "Start", "end_time": "End", "location": "Place"}
HELP = {
    "start_time": "In the time zone of the lab.",
    "end_time": "Not before the start.",
    "narrative": "What was done, in Markdown. A procedure with a template fills it while it is empty.",
}
COMMON = ("start_time", "end_time", "location", "users", "procedures", "narrative")


class ProcedureForm(RowForm):
    """What is the same in all of them."""

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        named = None if self.instance._state.adding else self.instance.users.values("pk")
        fields["users"].queryset = people_around(subject, named)
        fields["location"].queryset = LabLocation.objects.filter(lab=subject.lab)
        fields["users"].wide = fields["procedures"].wide = True

    def values(self) -> dict[str, Any]:
        """Return what was entered; empty fields keep the default of the table."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class SurgeryForm(ProcedureForm):
    """A surgery."""

    class Meta:
        model = Surgery
        fields = ("start_time", "end_time", "outcome_type", "implant_weight", *COMMON[2:])
        widgets = WIDGETS
        labels = {**LABELS, "outcome_type": "Outcome", "implant_weight": "Weight of the implant (g)"}
        help_texts = {
            **HELP,
            "outcome_type": "Acute and non-recovery end its life: with an end, that day is entered as its death.",
            "implant_weight": "What it carries from now on; 0 if nothing changed. Its water is reckoned without it.",
        }


class InjectionForm(ProcedureForm):
    """An injection of a virus."""

    class Meta:
        model = VirusInjection
        fields = (
            *("start_time", "end_time", "virus_batch", "injection_volume", "rate_of_injection", "injection_type"),
            *COMMON[2:],
        )
        widgets = WIDGETS
        labels = {
            **LABELS,
            "virus_batch": "Batch of the virus",
            "injection_volume": "Volume (nL)",
            "rate_of_injection": "Rate (nL per minute)",
            "injection_type": "Technique",
        }
        help_texts = {**HELP, "virus_batch": "As on the tube: another lab must be able to order it."}


class ActionForm(ProcedureForm):
    """Anything else."""

    class Meta:
        model = OtherAction
        fields = COMMON
        widgets = WIDGETS
        labels = LABELS
        help_texts = HELP
