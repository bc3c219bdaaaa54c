"""Where recordings were made: insertions, trajectories, channels, fields of view, and the regions of the brain."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from bregma.alyx.actions.models import ChronicRecording
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


class CoordinateSystem(Record):
    """What coordinates are measured from, and in which unit."""

    description = models.TextField(unique=True, null=True, blank=True)

    class Meta:
        ordering = ["name"]


class BrainRegion(models.Model):
    """A region of the Allen ontology. The left and right numbers enclose those of all regions within it."""

    id = models.IntegerField(primary_key=True)
    acronym = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    ontology = models.CharField(max_length=64, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    lft = models.PositiveIntegerField(editable=False, default=0)
    rght = models.PositiveIntegerField(editable=False, default=0)
    tree_id = models.PositiveIntegerField(editable=False, default=1)
    level = models.PositiveIntegerField(editable=False, default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["tree_id", "lft"], name="brainregion_tree")]

    def __str__(self) -> str:
        return self.acronym


class ChronicInsertion(ChronicRecording):
    """A probe that stays in a subject over many sessions."""

    serial = models.CharField(max_length=255, blank=True, help_text="Serial number of the probe")
    model = models.ForeignKey(
        ProbeModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="chronic_insertion"
    )


class ProbeInsertion(Record):
    """One probe in one session; its name is a folder of the session, such as probe00."""

    session = models.ForeignKey("actions.Session", on_delete=models.CASCADE, related_name="probe_insertion")
    model = models.ForeignKey(
        ProbeModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="probe_insertion"
    )
    serial = models.CharField(max_length=255, blank=True, help_text="Serial number of the probe")
    datasets = models.ManyToManyField("data.Dataset", blank=True, related_name="probe_insertion")
    chronic_insertion = models.ForeignKey(
        ChronicInsertion, null=True, blank=True, on_delete=models.SET_NULL, related_name="probe_insertion"
    )
    auto_datetime = models.DateTimeField(auto_now=True, null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "session"], name="probeinsertion_unique_name_in_session"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.session_id}"


class TrajectoryEstimate(models.Model):
    """Where a probe lies, as planned, read from the manipulator or found in histology. Micrometres and degrees."""

    class Provenance(models.IntegerChoices):
        EPHYS_ALIGNED = 70, "Ephys aligned histology track"
        HISTOLOGY = 50, "Histology track"
        MICRO_MANIPULATOR = 30, "Micro-manipulator"
        PLANNED = 10, "Planned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    probe_insertion = models.ForeignKey(
        ProbeInsertion, null=True, blank=True, on_delete=models.CASCADE, related_name="trajectory_estimate"
    )
    chronic_insertion = models.ForeignKey(
        ChronicInsertion, null=True, blank=True, on_delete=models.CASCADE, related_name="trajectory_estimate"
    )
    x = models.FloatField(null=True, blank=True, verbose_name="x-ml (µm)", help_text="To the right of bregma")
    y = models.FloatField(null=True, blank=True, verbose_name="y-ap (µm)", help_text="In front of bregma")
    z = models.FloatField(null=True, blank=True, verbose_name="z-dv (µm)", help_text="Above bregma")
    depth = models.FloatField(null=True, blank=True, help_text="Micrometres along the probe")
    theta = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(180)], help_text="Polar angle"
    )
    phi = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(360)], help_text="Azimuth"
    )
    roll = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(360)])
    provenance = models.IntegerField(choices=Provenance, default=Provenance.PLANNED)
    coordinate_system = models.ForeignKey(CoordinateSystem, null=True, blank=True, on_delete=models.SET_NULL)
    datetime = models.DateTimeField(auto_now=True)
    json = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provenance", "probe_insertion"],
                condition=Q(probe_insertion__isnull=False),
                name="unique_trajectory_per_provenance",
            ),
            models.UniqueConstraint(
                fields=["provenance", "chronic_insertion"],
                condition=Q(chronic_insertion__isnull=False),
                name="unique_trajectory_per_chronic_provenance",
            ),
            models.CheckConstraint(
                condition=Q(probe_insertion__isnull=True) | Q(chronic_insertion__isnull=True),
                name="trajectory_of_one_insertion",
                violation_error_message="A trajectory is of a probe insertion or of a chronic one, not of both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_provenance_display()} {self.probe_insertion or self.chronic_insertion}"


class Channel(Record):
    """Where one recording site of a probe lies. Micrometres."""

    axial = models.FloatField(null=True, blank=True, help_text="Along the probe, from its tip")
    lateral = models.FloatField(null=True, blank=True, help_text="Across the probe")
    x = models.FloatField(null=True, blank=True, verbose_name="x-ml (µm)")
    y = models.FloatField(null=True, blank=True, verbose_name="y-ap (µm)")
    z = models.FloatField(null=True, blank=True, verbose_name="z-dv (µm)")
    brain_region = models.ForeignKey(
        BrainRegion, null=True, blank=True, default=0, on_delete=models.SET_NULL, related_name="channels"
    )
    trajectory_estimate = models.ForeignKey(
        TrajectoryEstimate, null=True, blank=True, on_delete=models.CASCADE, related_name="channels"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["axial", "lateral", "trajectory_estimate"], name="unique_axial_lateral_trajectory_estimate"
            ),
        ]


class ImagingType(Record):
    """A way to make images of a brain, such as mesoscope."""

    name = models.CharField(max_length=255, unique=True)

    class Meta:
        ordering = ["name"]


class ImagingStack(Record):
    """Fields of view at several depths of one place."""


class FOV(Record):
    """A field of view of one session; its name is a folder of the session."""

    session = models.ForeignKey("actions.Session", on_delete=models.CASCADE, related_name="field_of_view")
    imaging_type = models.ForeignKey(ImagingType, null=True, blank=True, on_delete=models.SET_NULL)
    datasets = models.ManyToManyField("data.Dataset", blank=True, related_name="field_of_view")
    stack = models.ForeignKey(ImagingStack, null=True, blank=True, on_delete=models.SET_NULL, related_name="slices")

    class Meta:
        ordering = ["name"]
        verbose_name = "field of view"
        verbose_name_plural = "fields of view"
        constraints = [
            models.UniqueConstraint(fields=["session", "name"], name="fov_unique_name_in_session"),
        ]


class FOVLocation(Record):
    """Where a field of view lies: its corners, in the unit of the coordinate system."""

    class Provenance(models.TextChoices):
        ESTIMATE = "E", "Estimate"
        FUNCTIONAL = "F", "Functional"
        LANDMARK = "L", "Landmark"
        HISTOLOGY = "H", "Histology"

    field_of_view = models.ForeignKey(FOV, on_delete=models.CASCADE, related_name="location")
    provenance = models.CharField(max_length=1, choices=Provenance, default=Provenance.ESTIMATE)
    default_provenance = models.BooleanField(default=False)
    coordinate_system = models.ForeignKey(CoordinateSystem, null=True, blank=True, on_delete=models.SET_NULL)
    auto_datetime = models.DateTimeField(auto_now=True, null=True, blank=True)
    x = ArrayField(models.FloatField(), size=8, null=True, blank=True)
    y = ArrayField(models.FloatField(), size=8, null=True, blank=True)
    z = ArrayField(models.FloatField(), size=8, null=True, blank=True)
    n_xyz = ArrayField(models.IntegerField(), size=3, null=True, blank=True)
    brain_region = models.ManyToManyField(BrainRegion, blank=True, related_name="brain_region")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provenance", "field_of_view"], name="fovlocation_unique_provenance"),
            models.UniqueConstraint(
                fields=["field_of_view"],
                condition=Q(default_provenance=True),
                name="fovlocation_one_default",
                violation_error_message="Another location of this field of view is the default.",
            ),
        ]
