"""Labs, their members and places."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from bregma.alyx.records import LAB, Record, in_order, matches

if TYPE_CHECKING:
    from datetime import date


def today_utc() -> date:
    """Return today's date; the default of date columns."""
    return timezone.now().date()


class LabMember(AbstractUser):
    """A person with an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    is_stock_manager = models.BooleanField(default=False)
    is_public_user = models.BooleanField(default=False, help_text="May only read what carries a public tag")
    allowed_users = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="delegated_by", help_text="May act on my subjects"
    )

    class Meta(AbstractUser.Meta):
        ordering = ["username"]

    def __str__(self) -> str:
        return self.username


class Lab(Record):
    """A laboratory; the first folder of every path in the store."""

    name = models.CharField(max_length=255, unique=True, validators=[LAB.validator])
    institution = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=255, blank=True)
    timezone = models.CharField(max_length=64, blank=True, default="UTC", help_text="Such as Europe/London")
    reference_weight_pct = models.FloatField(default=0.0, help_text="Fraction, between 0 and 1")
    zscore_weight_pct = models.FloatField(default=0.0, help_text="Fraction, between 0 and 1")
    repositories = models.ManyToManyField(
        "data.DataRepository", blank=True, help_text="Where the files of this lab's new datasets are recorded"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            matches("name", LAB, name="lab_name_is_word"),
        ]


class LabMembership(Record):
    """The time during which a person works in a lab."""

    user = models.ForeignKey(LabMember, on_delete=models.CASCADE)
    lab = models.ForeignKey(Lab, on_delete=models.CASCADE)
    role = models.CharField(max_length=255, blank=True)
    start_date = models.DateField(null=True, blank=True, default=today_utc)
    end_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-start_date"]
        constraints = [in_order("start_date", "end_date", name="labmembership_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.user} in {self.lab}"

    def is_open(self, day: date) -> bool:
        """Tell whether the person works in the lab on a day."""
        return (self.start_date is None or self.start_date <= day) and (self.end_date is None or day <= self.end_date)


class LabLocation(Record):
    """A room or rig of a lab."""

    name = models.CharField(max_length=255)
    lab = models.ForeignKey(Lab, on_delete=models.CASCADE)

    class Meta:
        ordering = ["name"]
