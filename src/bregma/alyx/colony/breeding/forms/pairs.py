"""Forms of pairs and births."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from bregma.alyx.colony.breeding.forms.fields import SubjectField, count_field, day_field
from bregma.alyx.colony.breeding.services import Birth, Mating
from bregma.alyx.colony.models import Cage
from bregma.alyx.subjects.models import BreedingPair, Line

if TYPE_CHECKING:
    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject


class PairForm(forms.Form):
    """A new pair."""

    line = forms.ModelChoiceField(
        Line.objects.filter(is_active=True).order_by("nickname"),
        required=False,
        help_text="Of the pups. It names the pair, its litters and the pups.",
    )
    start_date = day_field("Together since", initial=timezone.localdate)
    father = SubjectField("M", label="Father", help_text="A living male, 5 weeks old or more (mice).")
    mother1 = SubjectField("F", label="Mother", help_text="A living female of the same lab and species.")
    mother2 = SubjectField("F", label="Second mother", required=False, help_text="For a trio.")
    cage = forms.CharField(
        required=False,
        max_length=64,
        help_text="Name of the open cage where all of them move to. Empty: they stay where they are.",
    )
    name = forms.CharField(required=False, max_length=255, help_text="Empty: the line gives the next one.")
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(
        required=False,
        label="They may be in another open pair",
        help_text="Such as a male that visits several cages.",
    )

    def __init__(self, *args: Any, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("father", "mother1", "mother2"):
            field = self.fields[name]
            assert isinstance(field, SubjectField)
            field.user = by

    def clean(self) -> dict[str, Any]:
        """Find the cage, in the lab of the father."""
        values = super().clean() or {}
        name, father = values.get("cage"), values.get("father")
        values["cage"] = None
        if name and father:
            values["cage"] = Cage.objects.filter(lab=father.lab, name=name, closed_on__isnull=True).first()
            if values["cage"] is None:
                self.add_error("cage", f"{father.lab} has no open cage {name!r}. Open it on the page of cages first.")
        return values

    def mating(self) -> Mating:
        """Return what was entered."""
        values = self.cleaned_data
        mothers = tuple(values[name] for name in ("mother1", "mother2") if values[name])
        names = ("father", "start_date", "line", "name", "description", "cage", "confirmed")
        return Mating(mothers=mothers, **{name: values[name] for name in names})


class PairChangeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may be corrected of a pair; its parents are corrected in the admin."""

    class Meta:
        model = BreedingPair
        fields = ("name", "line", "start_date", "end_date", "description")
        widgets = {
            "start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "end_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "description": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"end_date": "Empty: they are together still."}

    def changes(self) -> dict[str, Any]:
        """Return the values that the person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes and validates it."""


class BirthForm(forms.Form):
    """A litter that was born."""

    birth_date = day_field("Born on", initial=timezone.localdate)
    mother = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, help_text="The pedigree follows from it. Look who feeds them."
    )
    n_males = count_field("Males alive")
    n_females = count_field("Females alive")
    n_unknown = count_field("Alive, sex not known", "Before a week of age the sexes are hard to tell.")
    n_dead = count_field("Born dead")
    name = forms.CharField(required=False, max_length=255, help_text="Empty: the line gives the next one.")
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    enter_pups = forms.BooleanField(
        required=False,
        label="Enter the pups as subjects now",
        help_text="Else they are entered when they are weaned, with ear marks and cages.",
    )

    def __init__(self, *args: Any, mothers: list[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mothers = {str(one.pk): one for one in mothers}
        if len(mothers) > 1:
            choices = [(str(one.pk), one.nickname) for one in mothers]
            self.fields["mother"].choices = [*choices, ("", "Not known")]  # type: ignore[attr-defined]
        else:
            del self.fields["mother"]

    def birth(self) -> Birth:
        """Return what was entered."""
        values = self.cleaned_data
        counts: dict[str, Any] = {name: values[name] or 0 for name in ("n_males", "n_females", "n_unknown", "n_dead")}
        names = ("birth_date", "name", "description", "enter_pups")
        return Birth(
            mother=self.mothers.get(values.get("mother", "")), **counts, **{name: values[name] for name in names}
        )


class PlugForm(forms.Form):
    """One look for a plug: whose, when, and whether there was one."""

    mother = forms.UUIDField()
    date = day_field("Day")
    found = forms.ChoiceField(choices=[("yes", "Plug"), ("no", "No plug")])
