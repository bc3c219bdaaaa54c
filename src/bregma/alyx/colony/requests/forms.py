"""The forms of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from bregma.alyx.subjects.models import Line, Subject, SubjectRequest

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RequestForm(forms.ModelForm):  # type: ignore[type-arg]
    """How many animals of which line, by when, and anything else that matters."""

    class Meta:
        model = SubjectRequest
        fields = ("line", "count", "due_date", "description")
        widgets = {
            "due_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "description": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {"count": "How many", "due_date": "Needed by", "description": "Remarks"}
        help_texts = {"description": "Sex, age, genotype: whatever the stock managers must know."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = Line.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["line"].required = self.fields["count"].required = True

    def _post_clean(self) -> None:
        """Leave the row as it is: the service makes it."""


class GiveForm(forms.Form):
    """Which animals of the stock."""

    subjects = forms.ModelMultipleChoiceField(
        Subject.objects.none(), widget=forms.CheckboxSelectMultiple, label="Animals to give"
    )

    def __init__(self, *args: Any, stock: QuerySet[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["subjects"]
        field.queryset = stock  # type: ignore[attr-defined]
        field.label_from_instance = _describe  # type: ignore[attr-defined]
        field.wide = True  # type: ignore[attr-defined]


def _describe(subject: Subject) -> str:
    facts = [subject.get_sex_display(), f"born {subject.birth_date}" if subject.birth_date else "", subject.ear_mark]
    facts += [str(one) for one in subject.zygosity_set.all()]
    facts += [f"cage {subject.cage}" if subject.cage else ""]
    return f"{subject.nickname} ({', '.join(fact for fact in facts if fact)})"
