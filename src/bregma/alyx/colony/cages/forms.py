"""The forms by which cages and racks are opened, placed and changed; each field explains its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from bregma.alyx.colony.cages.selectors import racks_for
from bregma.alyx.colony.cages.services import CONDITIONS, Place
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.misc.models import Lab, LabLocation
from bregma.alyx.policy import Capability
from bregma.alyx.policy.people import capabilities_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject

HELP = {
    "name": "The number on its card; no other open cage of the lab has it.",
    "lab": "All animals in a cage are of one lab.",
    "capacity": "Adults that may live in it. Pups count once they are weaned, or older than 21 days.",
    "cage_cleaning_frequency_days": "Days from one cleaning to the next. Empty: it is never told to be due.",
    "light_cycle": "Inverted light is printed on the card.",
}
NEW, NONE = "new", "none"


def labs_of(by: LabMember) -> QuerySet[Lab]:
    """Return the labs in which a person does husbandry."""
    labs = Lab.objects.order_by("name")
    entrusted = [lab.pk for lab in labs if Capability.HUSBANDRY in capabilities_in(by, lab.pk)]
    return labs.filter(pk__in=entrusted)


class ConditionsForm(forms.ModelForm):  # type: ignore[type-arg]
    """How animals are kept in a cage; the service saves it."""

    class Meta:
        model = Cage
        fields: tuple[str, ...] = ("capacity", *CONDITIONS)
        help_texts = HELP
        labels = {"cage_cleaning_frequency_days": "Clean every (days)"}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes and validates it."""


class OpenForm(ConditionsForm):
    """A new cage; what is left empty is as the lab has it."""

    class Meta(ConditionsForm.Meta):
        fields: tuple[str, ...] = ("name", "lab", "capacity", *CONDITIONS)

    def __init__(self, *args: Any, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labs = labs_of(by)
        self.fields["lab"].queryset = labs  # type: ignore[attr-defined]
        self.fields["lab"].empty_label = None  # type: ignore[attr-defined]


class RackForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new rack; the service saves it."""

    class Meta:
        model = Rack
        fields = ("name", "location", "n_rows", "n_columns")
        labels = {"location": "Room", "n_rows": "Rows", "n_columns": "Columns"}
        help_texts = {
            "name": "As it is written on the rack; unique in the room.",
            "location": "Rooms are entered in the admin, among the locations of the lab.",
            "n_rows": "Row 1 is at the top.",
            "n_columns": "Column 1 is at the left.",
        }

    def __init__(self, *args: Any, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms = LabLocation.objects.filter(lab__in=labs_of(by)).order_by("name")
        self.fields["location"].queryset = rooms  # type: ignore[attr-defined]
        for name in ("n_rows", "n_columns"):
            self.fields[name].max_value = 40  # type: ignore[attr-defined]
            self.fields[name].widget.attrs |= {"min": 1, "max": 40}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service validates it."""


class PlaceForm(forms.Form):
    """Where a cage goes."""

    rack = forms.ModelChoiceField(Rack.objects.none(), required=False, empty_label="No rack")
    row = forms.IntegerField(min_value=1, required=False, help_text="From 1, at the top.")
    column = forms.IntegerField(min_value=1, required=False, help_text="From 1, at the left.")
    swap = forms.BooleanField(
        required=False, label="Swap with a cage that stands there", help_text="It goes to where this one stood."
    )

    def __init__(self, data: Any = None, *, cage: Cage, by: LabMember) -> None:
        super().__init__(data, initial={"rack": cage.rack_id, "row": cage.row, "column": cage.column})
        racks = racks_for(by).filter(location__lab=cage.lab_id).select_related("location")
        self.fields["rack"].queryset = racks  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse half a place."""
        values = super().clean() or {}
        if values.get("rack") and not (values.get("row") and values.get("column")):
            raise ValidationError("A place is a rack with a row and a column: give both, or open the map of the rack.")
        return values

    def place(self) -> Place | None:
        """Return the place that was chosen."""
        values = self.cleaned_data
        return Place(values["rack"], values["row"], values["column"]) if values["rack"] else None


class RackPlaceForm(forms.Form):
    """Which cage goes where in a rack, as its map says it."""

    cage = forms.UUIDField()
    place = forms.RegexField(r"^(out|[0-9]{1,3},[0-9]{1,3})$")

    def place_in(self, rack: Rack) -> Place | None:
        """Return the place that was chosen."""
        words = self.cleaned_data["place"]
        if words == "out":
            return None
        row, column = map(int, words.split(","))
        return Place(rack, row, column)


class MoveOutForm(forms.Form):
    """Who leaves a cage, and where to."""

    subjects = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Who moves")
    to = forms.ChoiceField(label="Where to", help_text="Cages show their adults and how many they hold.")
    name = forms.CharField(
        required=False, max_length=64, label="Name of the new cage", help_text="Only where a new cage is opened."
    )

    def __init__(self, data: Any = None, *, subjects: Sequence[Subject], cages: Sequence[tuple[str, str]], name: str):
        super().__init__(data, initial={"name": name})
        self.fields["subjects"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.nickname} · {one.get_sex_display()} {one.ear_mark}".rstrip()) for one in subjects
        ]
        choices = [(NEW, "A new cage under the same conditions"), *cages, (NONE, "No cage")]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class CageChoiceForm(forms.Form):
    """Into which cage one animal moves."""

    to = forms.ChoiceField(label="Cage", help_text="Cages show their adults and how many they hold.")

    def __init__(self, data: Any = None, *, cages: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["to"].choices = [*cages, (NONE, "No cage")]  # type: ignore[attr-defined]


class CardsForm(forms.Form):
    """Which cards are printed, and on what."""

    cage = forms.ModelMultipleChoiceField(Cage.objects.none())
    paper = forms.ChoiceField(choices=[("a4", "Sheet"), ("label", "Label")], required=False)


class NoteForm(forms.Form):
    """A few words on a cage."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, label="Note")


class RackChoiceForm(forms.Form):
    """Into which rack cages go."""

    rack = forms.ModelChoiceField(
        Rack.objects.select_related("location"), help_text="They take its free places, row by row."
    )


class DayForm(forms.Form):
    """On which day."""

    on = forms.DateField(
        required=False,
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Today unless given.",
    )
