"""The form of what a person wants to hear, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from bregma.alyx.actions.models import NotificationRule, NotificationType
from bregma.alyx.inbox.models import MailPreference

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPES = [
    (NotificationRule.Scope.NONE, "None"),
    (NotificationRule.Scope.MINE, "My animals"),
    (NotificationRule.Scope.LAB, "All of my labs"),
    (NotificationRule.Scope.ALL, "All of everybody"),
]
WORDS = {
    NotificationType.RESPONSIBLE_USER_CHANGE: "You were given an animal, or another took over yours.",
    NotificationType.MOUSE_UNDERWEIGHT: "At its limit of weight, or within 2 % of it.",
    NotificationType.MOUSE_WATER: "Water is still due, 23 hours after the last.",
    NotificationType.MOUSE_TRAINING: "Trained this week, but not today.",
    NotificationType.MOUSE_NOT_WEIGHED: "On water restriction, and no weight of today by the evening.",
    NotificationType.ADVERSE_EVENT: "Something went wrong with an animal.",
    NotificationType.LICENCE: "Ends within 60 days, or 90 % of its animals are used.",
    NotificationType.SUBJECT_REQUEST: "Somebody asks for animals of a line.",
    NotificationType.MENTION: "Somebody wrote your name with an @.",
    NotificationType.BREEDING: "A litter is due, to wean or to genotype.",
}


class PreferencesForm(forms.Form):
    """How often mail comes, and about which animals: one field per type, named by it."""

    frequency = forms.ChoiceField(
        label="Mail me",
        choices=MailPreference.Frequency.choices,
        help_text="Whatever you choose, every notice is on this page.",
    )
    digest_hour = forms.TypedChoiceField(
        label="Hour of the daily mail",
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        help_text="Where your lab is.",
    )

    def __init__(self, *args: Any, scopes: Mapping[NotificationType, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, scope in scopes.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=SCOPES, initial=scope, help_text=WORDS.get(kind, "")
            )

    @property
    def mail_fields(self) -> list[forms.BoundField]:
        """The fields of when mail comes."""
        return [self["frequency"], self["digest_hour"]]

    @property
    def type_fields(self) -> list[forms.BoundField]:
        """The fields of what one hears."""
        return [self[name] for name in self.fields if name in NotificationType.values]

    def chosen_scopes(self) -> dict[str, str]:
        """Return what was chosen for each type."""
        return {name: value for name, value in self.cleaned_data.items() if name in NotificationType.values}
