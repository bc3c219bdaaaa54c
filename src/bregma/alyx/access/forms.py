"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from bregma.alyx.access.models import Scope
from bregma.alyx.access.tokens import MOST_DAYS
from bregma.alyx.misc.models import LabMember


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # no generic when it runs
    """How others see a person, and where notices go."""

    class Meta:
        model = LabMember
        fields = ("first_name", "last_name", "email")
        help_texts = {"email": "Notices are sent here; log-in through your institution finds you by it."}


class TokenForm(forms.Form):
    """What a new token is for, what it may do, and how long."""

    name = forms.CharField(max_length=80, help_text="What it is for, such as: rig 3, my laptop.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.value, scope.label) for scope in Scope],
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Never more than you may yourself. Tick as little as its program needs.",
    )
    days = forms.IntegerField(
        label="Good for (days)", min_value=1, max_value=MOST_DAYS, initial=90, help_text=f"At most {MOST_DAYS}."
    )


class ConnectForm(forms.Form):
    """What the token of a program may do, and how long."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.value, scope.label) for scope in Scope],
        initial=[Scope.READ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Reading is always among it. Never more than you may yourself; tick as little as the program needs.",
    )
    days = forms.IntegerField(
        label="Good for (days)", min_value=1, max_value=MOST_DAYS, initial=90, help_text=f"At most {MOST_DAYS}."
    )


class DelegationForm(forms.Form):
    """Who acts on the own subjects, and when."""

    to = forms.ModelChoiceField(label="Person", queryset=LabMember.objects.none())
    start = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Included. Empty: until you end it.",
    )
    reason = forms.CharField(max_length=255, required=False, help_text="Such as: holidays.")

    def __init__(self, *args: Any, owner: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = LabMember.objects.filter(is_active=True, is_public_user=False).exclude(pk=owner.pk)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
        self.fields["start"].initial = timezone.localdate()
