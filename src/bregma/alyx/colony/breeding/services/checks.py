"""What a service has to complain of, gathered by field, so that a person sees all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from bregma.alyx.misc.days import lab_today

if TYPE_CHECKING:
    from datetime import date

    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject


class Complaints:
    """Complaints by field; ``raise_any`` raises them as one ValidationError."""

    def __init__(self) -> None:
        self.by_field: dict[str, list[str]] = {}

    def add(self, field: str, words: str) -> None:
        """Complain of a field."""
        self.by_field.setdefault(field, []).append(words)

    def add_if(self, wrong: Any, field: str, words: str) -> None:
        """Complain of a field when something is wrong with it."""
        if wrong:
            self.add(field, words)

    def raise_any(self) -> None:
        """Raise what was complained of, if anything was."""
        if self.by_field:
            raise ValidationError({name: list(words) for name, words in self.by_field.items()})


def is_alive_on(subject: Subject, day: date) -> bool:
    """Tell whether a subject had not died before a day, nor on it."""
    return subject.death_date is None or subject.death_date > day


def check_not_ahead(found: Complaints, field: str, day: date, lab: Lab | None) -> None:
    """Complain of a day that has not come yet where the lab is."""
    today = lab_today(lab, timezone.now())
    found.add_if(day > today, field, f"{day} has not come yet; today is {today}. Enter a day up to today.")
