"""Personal tokens of the REST API, programs that wait for one, and delegations with dates."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from bregma.alyx.records import in_order

if TYPE_CHECKING:
    from datetime import date, datetime


class Scope(models.TextChoices):
    """What a token may do besides reading; never more than the person it belongs to."""

    READ = "read", "Read"
    HUSBANDRY = "husbandry", "Husbandry: weighings, water, cages, litters"
    REGISTER = "register", "Register sessions, datasets and insertions"
    WRITE = "write", "Write all that you may write, except accounts and labs"
    ADMIN = "admin", "Everything that you may do, accounts and labs too"


class ApiToken(models.Model):
    """A personal token. Only its digest is kept: the token itself is shown once, when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What it is for, such as: rig 3, my laptop")
    prefix = models.CharField(max_length=12, editable=False, help_text="How the token begins, to recognise it")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="sha256, 64 hex digits")
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="apitoken_digest_is_sha256"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created")), name="apitoken_expires_after_created"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the token is good at a moment."""
        return self.revoked_at is None and moment < self.expires_at


class DeviceCode(models.Model):
    """A program that waits for a person to let it in; the row goes when it has got its token, or was refused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, editable=False, help_text="What the program says of itself")
    address = models.GenericIPAddressField(null=True, blank=True, editable=False, help_text="Where it asked from")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="Of the code that it keeps")
    user_digest = models.CharField(max_length=64, unique=True, editable=False, help_text="Of the code that it shows")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="device_codes",
        help_text="Who let it in",
    )
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope), default=list, blank=True)
    days = models.PositiveSmallIntegerField(default=90, help_text="How long its token will be good")
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    denied_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it last asked")

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created")), name="devicecode_expires_after_created"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(denied_at__isnull=True), name="devicecode_one_decision"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Delegation(models.Model):
    """A person lets another act on the own subjects, from one day to another (both included)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegations_given")
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegations_received"
    )
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True, help_text="Last day; empty: until you end it")
    reason = models.CharField(max_length=255, blank=True, help_text="Such as: holidays")

    class Meta:
        ordering = ["-start_date"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(owner=F("delegate")),
                name="delegation_to_another",
                violation_error_message="You act on your own subjects already; choose another person.",
            ),
            in_order("start_date", "end_date", name="delegation_ends_after_start"),
        ]
        indexes = [models.Index(fields=["delegate", "owner"], name="delegation_delegate_owner")]

    def __str__(self) -> str:
        return f"{self.owner} to {self.delegate}"

    def is_open(self, day: date) -> bool:
        """Tell whether the delegate may act on a day."""
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)
