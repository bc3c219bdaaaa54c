"""Fields that name an animal, a cage or a day, as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from bregma.alyx.misc.models import LabMember


def day_field(label: str, help_text: str = "", **options: Any) -> forms.DateField:
    """Make a field for a day, chosen from the browser's calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, **options)


def count_field(label: str, help_text: str = "") -> forms.IntegerField:
    """Make a field for a number of pups, for a phone's number pad."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, initial=0, required=False, widget=widget)


class _Candidates:
    """The address of what to propose, found when it is written: forms are made before addresses are."""

    def __init__(self, sex: str) -> None:
        self.sex = sex

    def __str__(self) -> str:
        return f"{reverse('breeding-candidates')}?sex={self.sex}"


class SubjectField(forms.CharField):
    """The nickname of a subject; the browser proposes those that fit while one types."""

    def __init__(self, sex: str, **options: Any) -> None:
        super().__init__(max_length=64, **options)
        self.sex = sex
        self.user: LabMember | None = None
        self.widget.attrs |= {
            "list": f"candidates-{sex}",
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "hx-get": _Candidates(sex),
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-target": f"#candidates-{sex}",
        }

    def clean(self, value: Any) -> Any:
        """Return the subject; of several labs' animals of one nickname, the one that the person may write."""
        nickname = super().clean(value)
        if not nickname:
            return None
        found = list(policy.readable(self.user, _subjects().filter(nickname=nickname))[:5]) if self.user else []
        if len(found) > 1:
            found = [one for one in found if policy.may_write(self.user, one)] if self.user else found
        if not found:
            raise ValidationError(f"There is no animal {nickname!r}. Write its nickname as it stands in its record.")
        if len(found) > 1:
            raise ValidationError(f"Several labs have an animal {nickname!r}. Rename one of them first.")
        return found[0]


def _subjects() -> Any:
    return Subject.objects.select_related("lab", "species", "responsible_user")
