"""What people are told about subjects, and what each wants to hear."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bregma.alyx.records import Record


class NotificationType(models.TextChoices):
    """What a notification is about; the first five are those of Alyx."""

    RESPONSIBLE_USER_CHANGE = "responsible_user_change", "Responsible user has changed"
    MOUSE_UNDERWEIGHT = "mouse_underweight", "Mouse is underweight"
    MOUSE_WATER = "mouse_water", "Water to give to mouse"
    MOUSE_TRAINING = "mouse_training", "Mouse to train"
    MOUSE_NOT_WEIGHED = "mouse_not_weighed", "Mouse was not weighed"
    ADVERSE_EVENT = "adverse_event", "Adverse event"
    LICENCE = "licence", "Licence ends or its quota is nearly used"
    SUBJECT_REQUEST = "subject_request", "Subjects are asked for"
    MENTION = "mention", "Somebody mentioned you"
    BREEDING = "breeding", "Litter due, to wean or to genotype"


class Notification(Record):
    """One message about a subject to some people."""

    class Status(models.TextChoices):
        NO_SEND = "no-send", "Do not send"
        TO_SEND = "to-send", "To send"
        SENT = "sent", "Sent"

    send_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    notification_type = models.CharField(max_length=32, choices=NotificationType)
    title = models.CharField(max_length=255)
    message = models.TextField(blank=True)
    subject = models.ForeignKey("subjects.Subject", null=True, blank=True, on_delete=models.CASCADE)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.TO_SEND)
    link = models.CharField(max_length=255, blank=True, help_text="Path of the page to open")

    class Meta:
        ordering = ["-send_at"]
        indexes = [
            models.Index(fields=["status", "send_at"], name="notification_status_send_at"),
            models.Index(fields=["subject", "notification_type", "-send_at"], name="notification_subject_type"),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationRule(Record):
    """About which subjects a person wants one type of notification."""

    class Scope(models.TextChoices):
        NONE = "none", "None"
        MINE = "mine", "Mine"
        LAB = "lab", "Lab"
        ALL = "all", "All"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    notification_type = models.CharField(max_length=32, choices=NotificationType)
    subjects_scope = models.CharField(max_length=16, choices=Scope, default=Scope.MINE)

    class Meta:
        ordering = ["user", "notification_type"]
        constraints = [
            models.UniqueConstraint(fields=["user", "notification_type"], name="notificationrule_unique_for_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_notification_type_display()} of {self.get_subjects_scope_display()}"
