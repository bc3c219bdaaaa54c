"""What each row of Alyx was before and after each change, when, by whom and through which request.

Triggers write the events (:mod:`bregma.alyx.history.triggers`), so that pages, REST, admin and plain SQL are all seen.
"""

from __future__ import annotations

import pgtrigger
from django.db import models


class Event(models.Model):
    """One change of one row; never changed itself."""

    class Kind(models.TextChoices):
        INSERTED = "I", "Entered"
        UPDATED = "U", "Changed"
        DELETED = "D", "Deleted"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=1, choices=Kind)
    table = models.CharField(max_length=64, help_text="Table in the database")
    row = models.CharField(max_length=64, help_text="Key of the row")
    subject_id = models.UUIDField(null=True, blank=True, help_text="The subject that the row is of")
    session_id = models.UUIDField(null=True, blank=True, help_text="The session that the row is of")
    before = models.JSONField(null=True, blank=True, help_text="What the changed columns were")
    after = models.JSONField(null=True, blank=True, help_text="What the changed columns are")
    context = models.ForeignKey(
        "pghistory.Context",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        help_text="Who, and through which request",
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["table", "row", "-id"], name="event_row"),
            models.Index(fields=["subject_id", "-id"], name="event_subject"),
            models.Index(fields=["session_id", "-id"], name="event_session"),
            models.Index(fields=["-at"], name="event_at"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.table} {self.row}"
