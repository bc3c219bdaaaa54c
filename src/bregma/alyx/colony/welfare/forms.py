"""The forms of welfare: adverse events, severity, licences and their animals."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.colony.models import AdverseEvent, Licence
from bregma.alyx.colony.welfare.adverse import Report
from bregma.alyx.colony.welfare.licences import Assignment
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.policy import Capability
from bregma.alyx.subjects.models import Subject

BODY_CONDITIONS = [
    ("", "Not judged"),
    (1, "1 – emaciated: bones stand out"),
    (2, "2 – thin: bones are seen"),
    (3, "3 – well: bones are felt, not seen"),
    (4, "4 – plump: bones are hardly felt"),
    (5, "5 – obese: bones are not felt"),
]
SEVERITIES = [
    (1, "1 – Sub-threshold: no more than a needle"),
    (2, "2 – Mild: short, slight pain or distress"),
    (3, "3 – Moderate: short moderate, or lasting mild pain"),
    (4, "4 – Severe: severe pain, or lasting moderate pain"),
    (5, "5 – Non-recovery: under anaesthesia until death"),
]
MOMENT = "%Y-%m-%dT%H:%M"


def severity_field(label: str, *, help_text: str = "") -> forms.TypedChoiceField:
    """Make a field for a severity, each with what it means."""
    choices = [("", "Choose"), *SEVERITIES]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, help_text=help_text)


def day_field(label: str, **options: Any) -> forms.DateField:
    """Make a field for a day, chosen from the browser's calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class AdverseEventForm(forms.Form):
    """What a person saw, how bad it was, and what was done."""

    sign = forms.ChoiceField(label="Sign", choices=[("", "Choose"), *AdverseEvent.Sign.choices])
    severity = severity_field(
        "Severity",
        help_text="Severe and non-recovery: the managers and the responsible user are told at once.",
    )
    body_condition = forms.TypedChoiceField(
        label="Body condition", choices=BODY_CONDITIONS, coerce=int, empty_value=None, required=False
    )
    date_time = forms.DateTimeField(
        label="When",
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text="By the clock of the lab.",
    )
    description = forms.CharField(label="What you saw", widget=forms.Textarea(attrs={"rows": 3}), max_length=5000)
    action_taken = forms.CharField(
        label="What was done",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=5000,
        required=False,
        help_text="It can be added later, when the event is over.",
    )
    photo = forms.FileField(
        label="Photo",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text="Kept as a note on the subject.",
    )

    def __init__(self, *args: Any, lab: Lab, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = lab_zone(lab)
        self.fields["date_time"].initial = lambda: timezone.now().astimezone(self.zone).replace(tzinfo=None)

    def report(self) -> Report:
        """Return what was entered; the moment by the lab's clock."""
        asked = dict(self.cleaned_data)
        moment = asked.pop("date_time").replace(tzinfo=self.zone)
        return Report(date_time=moment, severity=int(asked.pop("severity")), photo=asked.pop("photo") or None, **asked)


class ResolveForm(forms.Form):
    """What was done about an event."""

    action_taken = forms.CharField(
        label="What was done", widget=forms.Textarea(attrs={"rows": 2}), max_length=5000, required=False
    )


class SeverityForm(forms.Form):
    """The worst that an animal lived through."""

    severity = severity_field("Actual severity")
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text="Needed to lower it, which only managers of the lab or the stock do.",
    )


class LegacyForm(forms.Form):
    """How severe what an old text says was."""

    severity = severity_field("How severe it was")


class LicenceForm(forms.ModelForm):  # type: ignore[type-arg] # no generic when it runs
    """A licence."""

    class Meta:
        model = Licence
        fields = (
            "number",
            "title",
            "lab",
            "holder",
            "start_date",
            "end_date",
            "quota",
            "severity_limit",
            "description",
        )
        labels = {"quota": "Animals allowed", "severity_limit": "Highest severity allowed"}
        help_texts = {
            "number": "As the authorities write it.",
            "quota": "In all, until it ends. Empty: no limit. People are told from 90 % on.",
            "end_date": "People are told 60 days before. Empty: it has no end.",
        }
        widgets = {
            "start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "end_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "description": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lab, holder = self.fields["lab"], self.fields["holder"]
        assert isinstance(lab, forms.ModelChoiceField)
        assert isinstance(holder, forms.ModelChoiceField)
        lab.queryset = Lab.objects.filter(pk__in=managed_labs(by))
        holder.queryset = LabMember.objects.filter(is_active=True, is_public_user=False)


class AssignForm(forms.Form):
    """Which animals, from when on, and how severe."""

    subjects = forms.CharField(
        label="Animals",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=50_000,
        help_text="Their nicknames, one below the other or with commas: paste them from a list.",
    )
    start = day_field("From")
    expected_severity = severity_field("Expected severity")

    def __init__(self, *args: Any, licence: Licence, by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.licence, self.by = licence, by
        self.fields["start"].initial = timezone.localdate

    def clean_subjects(self) -> list[Subject]:
        """Find the animals in the lab of the licence; those that are not there are named."""
        names = set(filter(None, re.split(r"[\s,;]+", self.cleaned_data["subjects"])))
        rows = policy.readable(self.by, Subject.objects.filter(lab=self.licence.lab, nickname__in=names))
        found = list(rows.select_related("lab", "responsible_user").order_by("nickname"))
        missing = sorted(names - {one.nickname for one in found})
        if missing:
            shown = ", ".join(missing[:10]) + (f" and {len(missing) - 10} more" if len(missing) > 10 else "")
            raise forms.ValidationError(f"{self.licence.lab} has no animal called {shown}; correct the names")
        return found

    def assignment(self) -> Assignment:
        """Return what was entered."""
        return Assignment(self.cleaned_data["start"], int(self.cleaned_data["expected_severity"]))


class EndForm(forms.Form):
    """The last day of an animal's procedures."""

    day = day_field("Last day", help_text="The animal counts in the return of this year.")


def managed_labs(user: LabMember) -> list[Any]:
    """Return the keys of the labs whose licences a person keeps."""
    if user.is_superuser:
        return list(Lab.objects.values_list("pk", flat=True))
    return [lab for lab, role in policy.standing_of(user).roles.items() if Capability.LAB in role.capabilities]
