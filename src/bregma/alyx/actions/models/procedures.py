"""Surgeries, injections, chronic recordings, and the end of a subject."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models

from bregma.alyx.actions.models.sessions import Action
from bregma.alyx.misc.models import today_utc
from bregma.alyx.records import Record, at_least_zero, in_order
from bregma.alyx.words import Words


class Surgery(Action):
    """A surgery; its implant is carried by the subject from then on."""

    class Outcome(models.TextChoices):
        ACUTE = "a", "Acute"
        RECOVERY = "r", "Recovery"
        NON_RECOVERY = "n", "Non-recovery"

    outcome_type = models.CharField(max_length=1, choices=Outcome, blank=True)
    implant_weight = models.FloatField(
        validators=[MinValueValidator(0)], help_text="Grams that the subject carries from now on; 0 if nothing changed"
    )

    class Meta:
        ordering = ["-start_time"]
        verbose_name_plural = "surgeries"
        constraints = [
            in_order("start_time", "end_time", name="surgery_ends_after_start"),
            models.CheckConstraint(condition=models.Q(implant_weight__gte=0), name="implant_weight_gte_0"),
        ]
        indexes = [
            models.Index(fields=["subject", "start_time"], name="surgery_subject_start"),
            GinIndex(Words("narrative"), name="surgery_words"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.start_time:%Y-%m-%d}" if self.start_time else str(self.pk)


class VirusInjection(Action):
    """An injection of a virus into the brain."""

    class Technique(models.TextChoices):
        IONTOPHORESIS = "I", "Iontophoresis"
        PRESSURE = "P", "Pressure"

    virus_batch = models.CharField(max_length=255, null=True, blank=True)
    injection_volume = models.FloatField(null=True, blank=True, help_text="Nanolitres")
    rate_of_injection = models.FloatField(null=True, blank=True, help_text="Nanolitres per minute")
    injection_type = models.CharField(max_length=1, choices=Technique, default=Technique.IONTOPHORESIS, blank=True)

    class Meta:
        ordering = ["-start_time"]
        constraints = [
            in_order("start_time", "end_time", name="virusinjection_ends_after_start"),
            at_least_zero("injection_volume", name="virusinjection_volume_at_least_zero"),
            at_least_zero("rate_of_injection", name="virusinjection_rate_at_least_zero"),
        ]


class OtherAction(Action):
    """Anything else that is done to a subject."""

    class Meta:
        ordering = ["-start_time"]
        constraints = [in_order("start_time", "end_time", name="otheraction_ends_after_start")]


class ChronicRecording(Action):
    """The time during which a device stays in a subject."""

    class Meta:
        ordering = ["-start_time"]
        constraints = [in_order("start_time", "end_time", name="chronicrecording_ends_after_start")]


class CullReason(Record):
    """Why a subject is culled."""

    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]


class CullMethod(Record):
    """How a subject is culled."""

    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]


class Cull(Record):
    """The end of a subject, with reason and method."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="culls"
    )
    subject = models.OneToOneField("subjects.Subject", on_delete=models.CASCADE, related_name="cull")
    date = models.DateField(default=today_utc)
    description = models.TextField(blank=True)
    cull_reason = models.ForeignKey(CullReason, null=True, blank=True, on_delete=models.SET_NULL)
    cull_method = models.ForeignKey(CullMethod, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.subject} {self.date}"
