"""The form of a weaning: what all pups share, and a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from bregma.alyx.colony.breeding.forms.fields import day_field
from bregma.alyx.colony.breeding.services import Pup, Weaning
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PUPS = 60


class WeaningForm(forms.Form):
    """What all pups of a weaning share."""

    date = day_field("Weaned on")
    responsible_user = forms.ModelChoiceField(
        LabMember.objects.filter(is_active=True, is_public_user=False),
        required=False,
        help_text="Who is responsible for the pups from now on. Empty: as their mother.",
    )
    capacity = forms.IntegerField(
        label="Pups per cage", min_value=1, max_value=20, initial=5, help_text="For the cages that are proposed."
    )
    mixed_sexes = forms.BooleanField(
        required=False, label="Males and females may share a cage", help_text="They may breed from five weeks on."
    )
    projects = forms.ModelMultipleChoiceField(
        Project.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, help_text="Of all the pups."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"].wide = True  # type: ignore[attr-defined]


class PupForm(forms.Form):
    """One pup."""

    subject = forms.UUIDField(required=False, widget=forms.HiddenInput)
    lost = forms.ChoiceField(label="Fate", choices=[("", "Weaned"), ("lost", "Lost")], required=False)
    sex = forms.ChoiceField(choices=Subject.Sex.choices)
    ear_mark = forms.CharField(required=False, max_length=32)
    nickname = forms.CharField(required=False, max_length=64)
    cage = forms.CharField(required=False, max_length=64, widget=forms.TextInput(attrs={"list": "cages"}))
    to_be_genotyped = forms.BooleanField(required=False, label="Genotype")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = (self.prefix or "").rsplit("-", 1)[-1]
        self.place = int(number) + 1 if number.isdigit() else 0
        self.fields["nickname"].widget.attrs["placeholder"] = "automatic"
        for name, field in self.fields.items():
            if name != "subject":
                words = field.label or name.replace("_", " ").capitalize()
                field.widget.attrs["aria-label"] = f"{words} of pup {self.place}"


Pups = forms.formset_factory(PupForm, extra=0, max_num=MOST_PUPS, absolute_max=MOST_PUPS)


def read_weaning(form: WeaningForm, pups: Any, known: Mapping[Any, Subject]) -> Weaning:
    """Return what was entered in valid forms.

    Raises
    ------
    ValidationError
        If a row names an animal that is not a living pup of the litter.
    """
    shared = form.cleaned_data
    return Weaning(
        date=shared["date"],
        pups=tuple(_pup(one.cleaned_data, known) for one in pups),
        responsible_user=shared["responsible_user"],
        projects=tuple(shared["projects"]),
        mixed_sexes=shared["mixed_sexes"],
    )


def _pup(values: Mapping[str, Any], known: Mapping[Any, Subject]) -> Pup:
    key = values.get("subject")
    if key is not None and key not in known:
        raise ValidationError("A pup of this litter was weaned or died meanwhile. Open this page again.")
    subject = known[key] if key is not None else None
    names = ("sex", "ear_mark", "cage", "to_be_genotyped")
    nickname = "" if subject else values["nickname"]
    return Pup(subject=subject, nickname=nickname, lost=bool(values["lost"]), **{name: values[name] for name in names})
