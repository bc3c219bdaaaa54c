"""What every table of Alyx shares: a uuid, a name, free JSON, and the ALF grammar as constraints."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core.validators import RegexValidator
from django.db import models


@dataclass(frozen=True)
class Grammar:
    """What a text may look like, and what to say when it does not."""

    pattern: str
    message: str

    @property
    def validator(self) -> RegexValidator:
        """The same rule, for forms and REST."""
        return RegexValidator(self.pattern, self.message)


LAB = Grammar(r"^\w+$", "Lab name must only contain letters, numbers, and underscores.")
SUBJECT = Grammar(
    r"^[\w.-]+$",
    "Nicknames must only contain letters, numbers, hyphens and underscores. Dots are reserved for breeding subjects.",
)
COLLECTION = Grammar(
    r"^(?!/)(?!.*\.\.)[\w./-]*$",
    "Collections must only contain letters, numbers, hyphens, underscores and forward slashes, and lead nowhere else.",
)
FILE_NAME = Grammar(
    r"^(\w[\w.+-]*)?$", "File names must only contain letters, numbers, '_', '-', '.' and '+', and no folders."
)
REVISION = Grammar(
    r"^[\w.-]+$", "Revisions must only contain letters, numbers, hyphens, underscores and forward slashes."
)
RELATIVE_PATH = Grammar(
    r"^(?!/)(?!.*\.\.)[\w./#+-]+$",
    "Paths must only contain letters, numbers, '_', '-', '.', '+', '/' and '#', and lead nowhere else.",
)
HOSTNAME = Grammar(r"^[A-Za-z0-9_.+-]*$", "Invalid hostname")
EXTENSION = Grammar(r"^(\.[^.]+)?$", "Invalid file extension, should start with a dot")


class QC(models.IntegerChoices):
    """Quality of a session or dataset; the numbers are those of ALF."""

    NOT_SET = 0, "NOT_SET"
    PASS = 10, "PASS"
    WARNING = 30, "WARNING"
    FAIL = 40, "FAIL"
    CRITICAL = 50, "CRITICAL"


class Record(models.Model):
    """A row with a uuid key, a name and a free JSON field."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255, blank=True, help_text="Long name")
    json = models.JSONField(null=True, blank=True, help_text="Structured data, formatted in a user-defined way")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name or str(self.pk)


class UtcDate(models.Func):
    """The day of a moment, in UTC: the day of a session, whatever the time zone of the connection."""

    template = "((%(expressions)s AT TIME ZONE 'UTC')::date)"
    output_field = models.DateField()
    arity = 1


def matches(field: str, grammar: Grammar, *, name: str) -> models.CheckConstraint:
    """Make a constraint: the text of a column follows a regular expression."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__regex": grammar.pattern}), name=name, violation_error_message=grammar.message
    )


def at_least_zero(field: str, *, name: str) -> models.CheckConstraint:
    """Make a constraint: a quantity is empty, or zero or more."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__gte": 0}),
        name=name,
        violation_error_message=f"{field} must be zero or more.",
    )


def in_order(first: str, last: str, *, name: str) -> models.CheckConstraint:
    """Make a constraint: the last of two moments is empty, or not before the first."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{last}__isnull": True}) | models.Q(**{f"{last}__gte": models.F(first)}),
        name=name,
        violation_error_message=f"{last} must not be before {first}.",
    )
