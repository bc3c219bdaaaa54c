"""What is done to a subject by people, at a place, for a time: first of all sessions."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from bregma.alyx.records import QC, Record, UtcDate, at_least_zero, in_order
from bregma.alyx.words import Words


class ProcedureType(Record):
    """A kind of procedure, such as training or surgery."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]


class Action(Record):
    """Something done to one subject by people, at a place, for a time."""

    users = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True)
    subject = models.ForeignKey("subjects.Subject", on_delete=models.CASCADE, related_name="%(app_label)s_%(class)ss")
    location = models.ForeignKey("misc.LabLocation", null=True, blank=True, on_delete=models.SET_NULL)
    lab = models.ForeignKey("misc.Lab", null=True, blank=True, on_delete=models.SET_NULL)
    procedures = models.ManyToManyField(ProcedureType, blank=True)
    narrative = models.TextField(blank=True)
    start_time = models.DateTimeField(null=True, blank=True, default=timezone.now)
    end_time = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Session(Action):
    """A recording or training session: a subject, a day and a number."""

    parent_session = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    projects = models.ManyToManyField("subjects.Project", blank=True)
    type = models.CharField(max_length=255, null=True, blank=True)
    number = models.IntegerField(null=True, blank=True, help_text="Number of the session on its day")
    task_protocol = models.CharField(max_length=1023, blank=True, default="")
    n_trials = models.IntegerField(null=True, blank=True)
    n_correct_trials = models.IntegerField(null=True, blank=True)
    qc = models.IntegerField(choices=QC, default=QC.NOT_SET)
    extended_qc = models.JSONField(null=True, blank=True)
    auto_datetime = models.DateTimeField(auto_now=True, null=True, blank=True)

    class Meta:
        ordering = ["-start_time"]
        constraints = [
            models.UniqueConstraint(
                "subject",
                UtcDate("start_time"),
                "number",
                name="session_unique_subject_date_number",
                violation_error_message="This subject already has a session with this number on this day.",
            ),
            in_order("start_time", "end_time", name="session_ends_after_start"),
            at_least_zero("number", name="session_number_at_least_zero"),
            at_least_zero("n_trials", name="session_n_trials_at_least_zero"),
            at_least_zero("n_correct_trials", name="session_n_correct_trials_at_least_zero"),
        ]
        indexes = [
            models.Index(fields=["-start_time"], name="session_start_time"),
            models.Index(fields=["subject", "start_time", "number"], name="session_subject_start_number"),
            models.Index(fields=["lab", "-start_time"], name="session_lab_start_time"),
            models.Index(fields=["task_protocol"], name="session_task_protocol"),
            models.Index(fields=["qc"], name="session_qc"),
            GinIndex(Words("task_protocol", "type", "narrative"), name="session_words"),
        ]

    def __str__(self) -> str:
        number = "" if self.number is None else f" {self.number:03d}"
        return f"{self.subject} {self.start_time:%Y-%m-%d}{number}" if self.start_time else str(self.pk)


class EphysSession(Session):
    """Sessions with electrophysiology, as the admin lists them."""

    class Meta:
        proxy = True


class ImagingSession(Session):
    """Sessions with imaging, as the admin lists them."""

    class Meta:
        proxy = True
