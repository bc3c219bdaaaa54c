"""The form that corrects a litter."""

from __future__ import annotations

from typing import Any

from django import forms

from bregma.alyx.subjects.models import Litter, Subject

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LitterChangeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may be corrected of a litter."""

    class Meta:
        model = Litter
        fields = (
            *("name", "birth_date", "mother", "n_males", "n_females", "n_unknown", "n_dead"),
            *("wean_date", "n_lost", "description"),
        )
        widgets = {"birth_date": DAY, "wean_date": DAY, "description": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "n_males": "Males born alive",
            "n_females": "Females born alive",
            "n_unknown": "Born alive, sex not known",
            "n_dead": "Born dead",
            "n_lost": "Lost before weaning",
        }
        help_texts = {
            "birth_date": "Pups with a record are born on this day too.",
            "wean_date": "Take it out to wean the litter again.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pair = self.instance.breeding_pair
        keys = {self.instance.mother_id, pair and pair.mother1_id, pair and pair.mother2_id} - {None}
        self.fields["mother"].queryset = Subject.objects.filter(pk__in=keys)  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """Return the values that the person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes and validates it."""
