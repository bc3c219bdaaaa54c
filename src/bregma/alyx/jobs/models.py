"""Tasks: programs to be run on a session by the workers of its lab."""

from __future__ import annotations

import uuid

from django.db import models

from bregma.alyx.records import at_least_zero


class Task(models.Model):
    """One program to be run on the files of a session, after its parents."""

    class Status(models.IntegerChoices):
        WAITING = 20, "Waiting"
        HELD = 25, "Held"
        STARTED = 30, "Started"
        ERRORED = 40, "Errored"
        ABANDONED = 45, "Abandoned"
        EMPTY = 50, "Empty"
        INCOMPLETE = 55, "Incomplete"
        COMPLETE = 60, "Complete"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64)
    priority = models.SmallIntegerField(null=True, blank=True)
    io_charge = models.SmallIntegerField(null=True, blank=True)
    level = models.SmallIntegerField(null=True, blank=True, help_text="Steps from the first tasks of the session")
    gpu = models.SmallIntegerField(null=True, blank=True)
    cpu = models.SmallIntegerField(null=True, blank=True)
    ram = models.SmallIntegerField(null=True, blank=True, help_text="GB")
    time_out_secs = models.IntegerField(null=True, blank=True)
    time_elapsed_secs = models.FloatField(null=True, blank=True)
    executable = models.CharField(max_length=128, blank=True, help_text="Class of the pipeline that is run")
    graph = models.CharField(max_length=64, blank=True, help_text="The pipeline it is a step of")
    status = models.IntegerField(choices=Status, default=Status.WAITING)
    log = models.TextField(blank=True, null=True)
    session = models.ForeignKey(
        "actions.Session", null=True, blank=True, on_delete=models.CASCADE, related_name="tasks"
    )
    version = models.CharField(max_length=64, blank=True, null=True)
    parents = models.ManyToManyField("self", blank=True, symmetrical=False, related_name="children")
    datetime = models.DateTimeField(auto_now=True)
    arguments = models.JSONField(null=True, blank=True, default=dict)
    data_repository = models.ForeignKey("data.DataRepository", null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["level", "-priority", "-session__start_time"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "session", "arguments"],
                name="unique_task_name_per_session",
                nulls_distinct=False,
                violation_error_message="This session has a task of this name with these arguments.",
            ),
            at_least_zero("time_out_secs", name="task_time_out_at_least_zero"),
        ]
        indexes = [
            models.Index(fields=["status", "level", "-priority"], name="task_status"),
            models.Index(fields=["graph"], name="task_graph"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_status_display()}"
