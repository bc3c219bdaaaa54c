"""Probe insertions of a session."""

from __future__ import annotations

from django.db import models

from bregma.alyx.records import Record


class ProbeModel(Record):
    """A model of probe; clients know it by ``probe_model``."""

    probe_manufacturer = models.CharField(max_length=255)
    probe_model = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        ordering = ["probe_model"]

    def __str__(self) -> str:
        return self.probe_model


class ProbeInsertion(Record):
    """One probe in one session; its name is a folder of the session, such as probe00."""

    session = models.ForeignKey("actions.Session", on_delete=models.CASCADE, related_name="probe_insertion")
    model = models.ForeignKey(
        ProbeModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="probe_insertion"
    )
    serial = models.CharField(max_length=255, blank=True, help_text="Serial number of the probe")
    datasets = models.ManyToManyField("data.Dataset", blank=True, related_name="probe_insertion")
    auto_datetime = models.DateTimeField(auto_now=True, null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "session"], name="probeinsertion_unique_name_in_session"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.session_id}"
