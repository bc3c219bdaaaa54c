"""The forms by which a subject is entered and changed; each field explains its rule before it is broken."""

from __future__ import annotations

from typing import Any

from django import forms

from bregma.alyx import policy
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.subjects.models import Subject

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HELP = {
    "nickname": "Letters, digits, hyphens and underscores; unique in the lab. It is part of the path of every file.",
    "lab": "Where it lives. Its files lie in this lab's folder.",
    "responsible_user": "Only the person responsible now, managers and administrators may change this.",
    "birth_date": "Its age, growth curve and the day of weaning follow from this.",
    "line": "Decides which alleles are tested, and the strain if none is given.",
    "wean_date": "Not before birth.",
    "ear_mark": "As it can be read on the animal.",
    "protocol_number": "Of the project licence; with the severity it counts in the returns.",
    "projects": "Who may see it through a project depends on this.",
    "to_be_genotyped": "It waits on the page of the day until a result is entered.",
    "to_be_culled": "Nothing dies by this: a technician enters the cull, with its reason and method.",
    "description": "Anything that has no field of its own.",
    "adverse_effects": "What was seen, and when. It is listed with the subjects that need care.",
}
EDITED: tuple[str, ...] = (
    *("nickname", "sex", "birth_date", "line", "species", "strain", "source", "ear_mark", "wean_date"),
    *("responsible_user", "protocol_number", "projects", "to_be_genotyped", "to_be_culled"),
    *("description", "adverse_effects"),
)


class SubjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person may change of a subject; the service saves it."""

    class Meta:
        model = Subject
        fields = EDITED
        widgets = {
            "birth_date": DAY,
            "wean_date": DAY,
            "projects": forms.CheckboxSelectMultiple,
            "description": forms.Textarea(attrs={"rows": 3}),
            "adverse_effects": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = HELP

    def __init__(self, *args: Any, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = "Not given"
        people = LabMember.objects.filter(is_active=True, is_public_user=False)
        self.fields["responsible_user"].queryset = people  # type: ignore[attr-defined]
        if not self.instance._state.adding and not policy.may_entrust(by, self.instance):
            self.fields["responsible_user"].disabled = True
        self.fields["projects"].wide = True  # type: ignore[attr-defined]
        if not self.fields["projects"].queryset:  # type: ignore[attr-defined]
            del self.fields["projects"]

    def changes(self) -> dict[str, Any]:
        """Return the values that the person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes and validates it."""


class NewSubjectForm(SubjectForm):
    """A new subject, of a lab in which the person works."""

    class Meta(SubjectForm.Meta):
        fields: tuple[str, ...] = ("nickname", "lab", *EDITED[1:11], *EDITED[11:13], "description")

    def __init__(self, *args: Any, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.initial.setdefault("responsible_user", by.pk)
        labs = Lab.objects.all()
        if not (by.is_superuser or by.is_stock_manager):
            labs = labs.filter(pk__in=policy.standing_of(by).labs)
        found = list(labs)
        self.fields["lab"].queryset = labs  # type: ignore[attr-defined]
        named = [(lab.pk, lab.name) for lab in found]
        self.fields["lab"].choices = [("", "Not given"), *named]  # type: ignore[attr-defined]  # not asked again
        if len(found) == 1:
            self.initial.setdefault("lab", found[0].pk)
        self.fields["nickname"].initial = ""

    def values(self) -> dict[str, Any]:
        """Return what was entered; empty fields keep the default of the table."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
