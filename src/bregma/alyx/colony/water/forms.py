"""The forms of weights and water; each says its rule before it is broken. Times are by the lab's clock."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms

from bregma.alyx.actions.models import Session, WaterType
from bregma.alyx.actions.services import DrinkTerms, RestrictionTerms

if TYPE_CHECKING:
    from bregma.alyx.subjects.models import Subject

WHEN = "%Y-%m-%dT%H:%M"


def moment_field(label: str, words: str) -> forms.DateTimeField:
    """Make a field for a moment by the clock of the lab."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN)
    return forms.DateTimeField(
        label=label, required=False, help_text=words, widget=widget, input_formats=[WHEN, "%Y-%m-%dT%H:%M:%S"]
    )


def amount_field(label: str, words: str, *, step: str, least: float) -> forms.FloatField:
    """Make a field for a quantity; a phone shows its keys for numbers."""
    widget = forms.NumberInput(attrs={"step": step, "inputmode": "decimal", "autocomplete": "off"})
    return forms.FloatField(label=label, help_text=words, min_value=least, widget=widget)


class EntryForm(forms.Form):
    """An entry that is kept once, however often it is sent: its key is chosen with the empty form."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    date_time = moment_field("When", "Now, if left empty. By the lab’s clock.")
    field_order = ("weight", "water_administered", "adlib", "session", "water_type", "date_time", "id")

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        kwargs["initial"] = {"id": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.subject = subject

    @property
    def values(self) -> dict[str, Any]:
        """What a correction changes; an empty moment stays as it was."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "id"}
        if kept["date_time"] is None:
            del kept["date_time"]
        return kept


class WeighForm(EntryForm):
    """A weight."""

    weight = amount_field("Weight (g)", "With its implant, as the scale shows it.", step="0.1", least=0.1)


class DrinkForm(EntryForm):
    """Water given."""

    water_administered = amount_field("Water (mL)", "What it got now, not the sum of the day.", step="0.01", least=0)
    session = forms.ModelChoiceField(
        Session.objects.none(), required=False, empty_label="None: a supplement", help_text="In which it was earned."
    )
    water_type = forms.ModelChoiceField(
        WaterType.objects.all(), required=False, label="Type", empty_label="As in its restriction"
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        of_subject = Session.objects.filter(subject=subject).order_by("-start_time")
        choices: Any = self.fields["session"]
        choices.queryset = of_subject
        recent = [
            (str(row.pk), f"{row.start_time:%Y-%m-%d} no. {row.number}") for row in of_subject[:10] if row.start_time
        ]
        if self.initial.get("session") is None or str(self.initial["session"]) in dict(recent):
            choices.choices = [("", "None: a supplement"), *recent]

    def terms(self) -> DrinkTerms:
        """Return how the water was given."""
        return DrinkTerms(session=self.cleaned_data["session"], water_type=self.cleaned_data["water_type"])


class RestrictForm(forms.Form):
    """A time of measured water."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    start_time = moment_field("Start", "Now, if left empty.")
    reference_weight = forms.FloatField(
        label="Reference weight (g)",
        required=False,
        min_value=0,
        help_text="Its weight before restriction, with its implant. Empty: its last weighing, of the week before.",
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    water_type = forms.ModelChoiceField(WaterType.objects.all(), required=False, label="Type", empty_label="Water")
    end_time = moment_field("End", "Leave empty while it goes on. One restriction is open at a time.")
    narrative = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}), label="Notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"id": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def terms(self) -> RestrictionTerms:
        """Return the terms of a new restriction."""
        told = self.cleaned_data
        return RestrictionTerms(told["reference_weight"], told["end_time"], told["water_type"], told["narrative"])

    @property
    def values(self) -> dict[str, Any]:
        """What a change sets; an empty start stays as it was, an empty weight is looked up."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "id"}
        told["reference_weight"] = told["reference_weight"] or 0.0
        if told["start_time"] is None:
            del told["start_time"]
        return told


class EndForm(forms.Form):
    """The end of a restriction."""

    when = moment_field("End", "Now, if left empty. From then on it may drink what it likes.")
