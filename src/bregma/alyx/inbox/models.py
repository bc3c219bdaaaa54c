"""The delivery of notifications: read on the page, or sent by mail from an outbox that tries again."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Delivery(models.Model):
    """One notification for one person."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"
        ON_PAGE = "page", "On the page only"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notification = models.ForeignKey("actions.Notification", on_delete=models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries")
    created = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="Why the last attempt failed")
    letter = models.UUIDField(
        null=True, blank=True, editable=False, help_text="The mail it goes into, the same in every attempt"
    )

    class Meta:
        ordering = ["-created"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["notification", "user"], name="delivery_once_per_person")]
        indexes = [
            models.Index(fields=["next_attempt"], condition=Q(status="waiting"), name="delivery_waiting"),
            models.Index(fields=["user", "-created"], name="delivery_user_created"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="delivery_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} to {self.user}"


class MailPreference(models.Model):
    """How a person wants to be mailed."""

    class Frequency(models.TextChoices):
        AT_ONCE = "at once", "At once"
        DAILY = "daily", "Once a day, together"
        NEVER = "never", "Never; I read them here"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="mail_preference"
    )
    frequency = models.CharField(max_length=16, choices=Frequency, default=Frequency.AT_ONCE)
    digest_hour = models.PositiveSmallIntegerField(default=7, help_text="Hour of the day, in the time zone of the lab")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(digest_hour__lte=23), name="digest_hour_is_of_a_day")]

    def __str__(self) -> str:
        return f"{self.user} {self.frequency}"
