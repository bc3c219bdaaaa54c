"""The form of a cull."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from bregma.alyx.actions.models import CullMethod, CullReason
from bregma.alyx.colony.culls.services import CullFacts
from bregma.alyx.subjects.models import Subject


class CullForm(forms.Form):
    """When, why, how, and how severe it was."""

    day = forms.DateField(
        label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="Today or earlier."
    )
    reason = forms.ModelChoiceField(CullReason.objects.all(), label="Reason")
    method = forms.ModelChoiceField(CullMethod.objects.all(), label="Method")
    severity = forms.TypedChoiceField(
        label="Actual severity",
        choices=[("", "As recorded"), *Subject.Severity.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="The worst that it lived through. It counts in the returns of the licence and is never lowered here.",
    )
    description = forms.CharField(
        label="Remarks", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate

    def facts(self) -> CullFacts:
        """Return what was entered."""
        return CullFacts(**self.cleaned_data)
