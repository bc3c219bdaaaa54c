"""The forms of a session; each field explains its rule before it is broken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.misc.models import LabLocation, LabMember
from bregma.alyx.records import QC
from bregma.alyx.subjects.models import Project, Subject

MOMENT = {"type": "datetime-local", "step": "60"}
NARRATIVE = {"rows": 8, "data-templates": ""}


class MomentInput(forms.DateTimeInput):
    """A moment, chosen from the browser's calendar."""

    def __init__(self) -> None:
        super().__init__(attrs=MOMENT, format="%Y-%m-%dT%H:%M")


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form over a row that a service saves."""

    def changes(self) -> dict[str, Any]:
        """Return the values that the person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes and validates it."""


class SessionForm(RowForm):
    """What a person may change of a session."""

    class Meta:
        model = Session
        fields = (
            *("start_time", "end_time", "number", "type", "task_protocol", "location"),
            *("users", "procedures", "projects", "n_trials", "n_correct_trials", "narrative"),
        )
        widgets = {
            "start_time": MomentInput,
            "end_time": MomentInput,
            "users": forms.CheckboxSelectMultiple,
            "procedures": forms.CheckboxSelectMultiple,
            "projects": forms.CheckboxSelectMultiple,
            "narrative": forms.Textarea(attrs=NARRATIVE),
        }
        labels = {
            "n_trials": "Trials",
            "n_correct_trials": "Correct trials",
            "users": "People",
            "start_time": "Start",
            "end_time": "End",
            "location": "Place",
            "task_protocol": "Protocol",
        }
        help_texts = {
            "start_time": "In the time zone of the lab.",
            "end_time": "Not before the start.",
            "number": "Of the day; left empty it is the next one. Files lie in a folder of this number.",
            "type": "Such as Experiment or Training.",
            "task_protocol": "The name of the task, as the rig calls it.",
            "narrative": "What happened, in Markdown. A procedure with a template fills it while it is empty.",
        }

    def __init__(self, *args: Any, by: LabMember, subject: Subject | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = subject or self.instance.subject
        fields: dict[str, Any] = self.fields
        named = None if self.instance._state.adding else self.instance.users.values("pk")
        fields["users"].queryset = people_around(subject, named)
        fields["location"].queryset = LabLocation.objects.filter(lab=subject.lab)
        fields["projects"].queryset = policy.readable(by, Project.objects.all())
        for name in ("users", "procedures", "projects"):
            fields[name].wide = True


class SubjectChoice(forms.Form):
    """Whose session it is."""

    subject = forms.CharField(
        label="Subject",
        help_text="Its nickname. From the page of a subject, its menu brings you here with it filled in.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "subjects-known"}),
    )


class QualityForm(forms.Form):
    """A verdict on quality, with the reason."""

    qc = forms.TypedChoiceField(label="Quality", choices=QC.choices, coerce=int)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed for WARNING, FAIL and CRITICAL. It is kept with the verdict and your name.",
    )


class NarrativeForm(forms.Form):
    """The narrative alone."""

    narrative = forms.CharField(
        label="Narrative", required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 10})
    )


def people_around(subject: Subject, named: Any = None) -> Any:
    """Offer the people of the lab, whoever is responsible, and those named already."""
    condition = Q(labmembership__lab=subject.lab_id) | Q(pk=subject.responsible_user_id)
    if named is not None:
        condition |= Q(pk__in=named)
    wanted = LabMember.objects.filter(condition, is_public_user=False).order_by().values("pk")
    return LabMember.objects.filter(pk__in=wanted)
