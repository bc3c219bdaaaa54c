"""What a person keeps of the pages: lists as they like to see them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class SavedView(models.Model):
    """Filters, search and order of a list under a name; perhaps for the whole lab."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=64, help_text="Key of the list")
    name = models.CharField(max_length=100)
    query = models.TextField(blank=True, help_text="The part of the address after the question mark")
    shared_with_lab = models.ForeignKey(
        "misc.Lab", null=True, blank=True, on_delete=models.SET_NULL, related_name="saved_views"
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="savedview_once_per_name",
                violation_error_message="You have a view of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name
