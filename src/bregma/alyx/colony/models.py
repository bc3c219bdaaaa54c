"""Racks, cages and matings; licences and the animals used under them; adverse events."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bregma.alyx.misc.models import HousingConditions, today_utc
from bregma.alyx.records import Record, in_order
from bregma.alyx.subjects.models import Subject


class Rack(Record):
    """A rack in a room, with places for cages in rows and columns."""

    name = models.CharField(max_length=64)
    location = models.ForeignKey("misc.LabLocation", on_delete=models.PROTECT, related_name="racks", help_text="Room")
    n_rows = models.PositiveSmallIntegerField(default=8, validators=[MinValueValidator(1)])
    n_columns = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["location", "name"]
        constraints = [
            models.UniqueConstraint(fields=["location", "name"], name="rack_unique_name_in_room"),
            models.CheckConstraint(condition=Q(n_rows__gte=1, n_columns__gte=1), name="rack_has_places"),
        ]


class Cage(HousingConditions):
    """A cage; who lives in it is told by its housings."""

    name = models.CharField(max_length=64, help_text="The number on its card")
    lab = models.ForeignKey("misc.Lab", on_delete=models.PROTECT, related_name="cages")
    rack = models.ForeignKey(Rack, null=True, blank=True, on_delete=models.PROTECT, related_name="cages")
    row = models.PositiveSmallIntegerField(null=True, blank=True, help_text="From 1, at the top")
    column = models.PositiveSmallIntegerField(null=True, blank=True, help_text="From 1, at the left")
    capacity = models.PositiveSmallIntegerField(default=5, help_text="Adults that may live in it")
    opened_on = models.DateField(default=today_utc)
    closed_on = models.DateField(null=True, blank=True)
    cleaned_on = models.DateField(null=True, blank=True, help_text="When it was last cleaned")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "name"],
                condition=Q(closed_on__isnull=True),
                name="cage_unique_name_in_lab",
                violation_error_message="This lab has an open cage of this name.",
            ),
            models.UniqueConstraint(
                fields=["rack", "row", "column"],
                condition=Q(closed_on__isnull=True),
                name="cage_one_per_place",
                violation_error_message="Another cage stands in this place of the rack.",
            ),
            models.CheckConstraint(
                condition=Q(rack__isnull=True, row__isnull=True, column__isnull=True)
                | Q(rack__isnull=False, row__gte=1, column__gte=1),
                name="cage_place_is_whole",
                violation_error_message="A place is a rack, a row and a column from 1 on, or nothing at all.",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="cage_has_capacity"),
            in_order("opened_on", "closed_on", name="cage_closes_after_opening"),
        ]
        indexes = [models.Index(fields=["lab", "closed_on"], name="cage_lab_closed")]


class Plug(Record):
    """A check of a mated female for a plug; where one is found, a litter is due."""

    breeding_pair = models.ForeignKey("subjects.BreedingPair", on_delete=models.CASCADE, related_name="plugs")
    mother = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="plugs")
    date = models.DateField(default=today_utc)
    found = models.BooleanField(default=True)
    litter = models.ForeignKey(
        "subjects.Litter", null=True, blank=True, on_delete=models.SET_NULL, related_name="plugs"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["mother", "date"],
                name="plug_once_a_day",
                violation_error_message="This mother was checked on this day already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mother} {self.date} {'plug' if self.found else 'no plug'}"


class Licence(Record):
    """A permission of the authorities to use a number of animals until a date."""

    number = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=255, blank=True)
    lab = models.ForeignKey("misc.Lab", on_delete=models.PROTECT, related_name="licences")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="licences"
    )
    start_date = models.DateField(default=today_utc)
    end_date = models.DateField(null=True, blank=True)
    quota = models.PositiveIntegerField(null=True, blank=True, help_text="Animals that may be used in all")
    severity_limit = models.IntegerField(choices=Subject.Severity, default=Subject.Severity.MODERATE)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [in_order("start_date", "end_date", name="licence_ends_after_start")]

    def __str__(self) -> str:
        return self.number


class LicenceUse(Record):
    """One subject used under a licence; it counts once."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="uses")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="licence_uses")
    start_date = models.DateField(default=today_utc)
    end_date = models.DateField(null=True, blank=True)
    expected_severity = models.IntegerField(choices=Subject.Severity, null=True, blank=True)

    class Meta:
        ordering = ["-start_date"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "subject"], name="licenceuse_once_per_subject"),
            in_order("start_date", "end_date", name="licenceuse_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} under {self.licence}"


class AdverseEvent(Record):
    """Something that went wrong with a subject, how badly, and what was done about it."""

    class Sign(models.TextChoices):
        WEIGHT_LOSS = "weight", "Weight loss"
        WOUND = "wound", "Wound or implant problem"
        INFECTION = "infection", "Infection"
        BEHAVIOUR = "behaviour", "Abnormal behaviour"
        FIGHTING = "fighting", "Fighting"
        SURGERY = "surgery", "Complication of surgery"
        DEATH = "death", "Found dead"
        OTHER = "other", "Other"

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="adverse_events")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    date_time = models.DateTimeField(default=timezone.now)
    sign = models.CharField(max_length=16, choices=Sign, default=Sign.OTHER)
    severity = models.IntegerField(choices=Subject.Severity)
    body_condition = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="From 1, emaciated, over 3, well, to 5, obese"
    )
    description = models.TextField()
    action_taken = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-date_time"]
        constraints = [
            in_order("date_time", "resolved_at", name="adverseevent_resolved_after_it_began"),
            models.CheckConstraint(
                condition=Q(body_condition__isnull=True) | Q(body_condition__range=(1, 5)),
                name="adverseevent_body_condition_in_range",
            ),
        ]
        indexes = [models.Index(fields=["subject", "-date_time"], name="adverseevent_subject_date")]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_sign_display()}"
