"""Labs, their members and places, the housing of animals, and notes on anything."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bregma.alyx.records import LAB, Record, in_order, matches
from bregma.alyx.words import Words

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


class LightCycle(models.IntegerChoices):
    """When the lights of a cage are on."""

    NORMAL = 0, "Normal"
    INVERTED = 1, "Inverted"


class CageType(Record):
    """A make of cage."""

    description = models.CharField(max_length=1023, blank=True)

    class Meta:
        ordering = ["name"]


class Enrichment(Record):
    """What a cage holds besides food and water."""

    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=1023, blank=True)

    class Meta:
        ordering = ["name"]


class Food(Record):
    """A diet."""

    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=1023, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "food"


class HousingConditions(Record):
    """How animals are kept: of a lab by default, of a housing in fact."""

    cage_type = models.ForeignKey(CageType, null=True, blank=True, on_delete=models.SET_NULL)
    enrichment = models.ForeignKey(Enrichment, null=True, blank=True, on_delete=models.SET_NULL)
    food = models.ForeignKey(Food, null=True, blank=True, on_delete=models.SET_NULL)
    cage_cleaning_frequency_days = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    light_cycle = models.IntegerField(choices=LightCycle, null=True, blank=True)

    class Meta:
        abstract = True


class Lab(HousingConditions):
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


class Housing(HousingConditions):
    """The animals that live in a cage together under one set of conditions; a change of these begins a new row."""

    cage_name = models.CharField(max_length=64)
    cage = models.ForeignKey(
        "colony.Cage", null=True, blank=True, on_delete=models.PROTECT, related_name="housings", help_text="The cage"
    )
    subjects = models.ManyToManyField("subjects.Subject", through="HousingSubject", related_name="housings")

    class Meta:
        ordering = ["cage_name"]

    def __str__(self) -> str:
        return self.cage_name


class HousingSubject(Record):
    """The stay of a subject in a housing."""

    subject = models.ForeignKey(
        "subjects.Subject", null=True, blank=True, on_delete=models.SET_NULL, related_name="housing_subjects"
    )
    housing = models.ForeignKey(
        Housing, null=True, blank=True, on_delete=models.SET_NULL, related_name="housing_subjects"
    )
    start_datetime = models.DateTimeField()
    end_datetime = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-start_datetime"]
        constraints = [
            in_order("start_datetime", "end_datetime", name="housingsubject_ends_after_start"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(end_datetime__isnull=True),
                name="housingsubject_one_open_per_subject",
                violation_error_message="This subject lives in another cage; end that stay first, or move it.",
            ),
        ]
        indexes = [models.Index(fields=["subject", "start_datetime"], name="housingsubject_subject_start")]

    def __str__(self) -> str:
        return f"{self.subject} in {self.housing}"


def image_path(note: Note, filename: str) -> str:
    """Return where the image of a note is kept: a folder per day, the name of what it is about."""
    day = note.date_time or timezone.now()
    return f"{day:%Y/%m/%d}/{note.object_id}.{note.pk}.{filename.rsplit('.', 1)[-1].lower()}"


class Note(Record):
    """A text or picture on a subject, a session or anything else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    date_time = models.DateTimeField(null=True, blank=True, default=timezone.now)
    text = models.TextField(blank=True)
    image = models.ImageField(upload_to=image_path, blank=True, null=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.UUIDField(help_text="Key of what the note is about")
    content_object = GenericForeignKey()

    class Meta:
        ordering = ["-date_time"]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="note_object"),
            GinIndex(Words("text"), name="note_words"),
        ]

    def __str__(self) -> str:
        return f"{self.date_time:%Y-%m-%d %H:%M} {self.text[:40]}" if self.date_time else self.text[:40]
