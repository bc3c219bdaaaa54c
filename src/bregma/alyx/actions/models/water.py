"""Weighings, and water given and restricted. Grams and millilitres."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from bregma.alyx.actions.models.sessions import Action, Session
from bregma.alyx.records import Record, at_least_zero, in_order


class Weighing(Record):
    """The weight of a subject at a moment, in grams."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    subject = models.ForeignKey("subjects.Subject", on_delete=models.CASCADE, related_name="weighings")
    date_time = models.DateTimeField(null=True, blank=True, default=timezone.now)
    weight = models.FloatField(validators=[MinValueValidator(0)], help_text="Weight in grams")

    class Meta:
        ordering = ["-date_time"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__gte=0), name="weighing_weight_at_least_zero"),
        ]
        indexes = [
            models.Index(fields=["subject", "date_time"], name="weighing_subject_date_time"),
            models.Index(fields=["-date_time"], name="weighing_date_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.weight:.1f} g"


class WaterType(Record):
    """What a subject drinks."""

    name = models.CharField(max_length=128, unique=True)

    class Meta:
        ordering = ["name"]


class WaterAdministration(Record):
    """Water given to a subject, in millilitres."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    subject = models.ForeignKey("subjects.Subject", on_delete=models.CASCADE, related_name="water_administrations")
    session = models.ForeignKey(
        Session,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="wateradmin_session_related",
        help_text="The session in which it was earned; empty: a supplement",
    )
    date_time = models.DateTimeField(null=True, blank=True, default=timezone.now)
    water_administered = models.FloatField(null=True, blank=True, help_text="Millilitres")
    water_type = models.ForeignKey(WaterType, null=True, blank=True, on_delete=models.SET_NULL)
    adlib = models.BooleanField(default=False)

    class Meta:
        ordering = ["-date_time"]
        constraints = [
            at_least_zero("water_administered", name="wateradministration_at_least_zero"),
        ]
        indexes = [
            models.Index(fields=["subject", "date_time"], name="water_subject_date_time"),
            models.Index(fields=["-date_time"], name="water_date_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.water_administered or 0:.2f} mL"


class WaterRestriction(Action):
    """A time during which a subject's water is measured out."""

    reference_weight = models.FloatField(default=0.0, help_text="Weight in grams before restriction")
    water_type = models.ForeignKey(WaterType, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["-start_time"]
        indexes = [models.Index(fields=["subject", "start_time"], name="waterrestriction_subject_start")]
        constraints = [
            in_order("start_time", "end_time", name="waterrestriction_ends_after_start"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=models.Q(end_time__isnull=True),
                name="waterrestriction_one_open_per_subject",
                violation_error_message="This subject is on water restriction already; end that first.",
            ),
            at_least_zero("reference_weight", name="waterrestriction_weight_at_least_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} from {self.start_time:%Y-%m-%d}" if self.start_time else str(self.pk)
