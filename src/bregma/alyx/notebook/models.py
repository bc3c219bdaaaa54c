"""Comments with mentions, and the texts that a procedure's narrative begins with."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from bregma.alyx.records import Record
from bregma.alyx.words import Words


class Comment(Record):
    """What a person says about a subject, a session or a note, to those it mentions."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    date_time = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField()
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="mentioned_in")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.UUIDField()
    content_object = GenericForeignKey()

    class Meta:
        ordering = ["date_time"]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="comment_object"),
            GinIndex(Words("text"), name="comment_words"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class NarrativeTemplate(Record):
    """The text with which the narrative of a procedure begins."""

    name = models.CharField(max_length=255)
    procedure = models.ForeignKey(
        "actions.ProcedureType", null=True, blank=True, on_delete=models.CASCADE, related_name="narrative_templates"
    )
    lab = models.ForeignKey("misc.Lab", null=True, blank=True, on_delete=models.CASCADE, help_text="Empty: every lab")
    text = models.TextField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["lab", "name"], name="narrativetemplate_unique", nulls_distinct=False),
        ]
