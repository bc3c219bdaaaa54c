"""Animals, their lines and projects."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bregma.alyx.misc.models import today_utc
from bregma.alyx.records import SUBJECT, Record, at_least_zero, in_order, matches
from bregma.alyx.words import Words

MOUSE = UUID("60f915ba-bdf4-444a-ada0-be7ebd3c1826")


def default_species() -> UUID:
    """Return the key of the laboratory mouse, a row of the first migration."""
    return MOUSE


class Project(Record):
    """A project; sessions and subjects belong to any number of them."""

    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=1023, blank=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, help_text="Empty: everybody")

    class Meta:
        ordering = ["name"]


class Source(Record):
    """Where animals come from."""

    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]


class Species(Record):
    """A species; clients know it by its nickname."""

    nickname = models.CharField(max_length=255, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "species"


class Strain(Record):
    """A strain of a species."""

    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]


class Sequence(Record):
    """A piece of DNA that a genotype test looks for."""

    name = models.CharField(max_length=255, unique=True)
    base_pairs = models.TextField(blank=True)
    description = models.CharField(max_length=1023, blank=True)

    class Meta:
        ordering = ["name"]


class Allele(Record):
    """An allele that a line carries."""

    name = models.CharField(max_length=1023, blank=True)
    nickname = models.CharField(max_length=255, unique=True)
    sequences = models.ManyToManyField(Sequence, blank=True)

    class Meta:
        ordering = ["nickname"]

    def __str__(self) -> str:
        return self.nickname


class Line(Record):
    """A breeding line of animals."""

    name = models.CharField(max_length=255)
    nickname = models.CharField(max_length=255, unique=True)
    description = models.TextField(blank=True)
    target_phenotype = models.CharField(max_length=1023, blank=True)
    alleles = models.ManyToManyField(Allele, blank=True)
    strain = models.ForeignKey(Strain, null=True, blank=True, on_delete=models.SET_NULL)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL)
    source_identifier = models.CharField(max_length=64, blank=True)
    source_url = models.URLField(blank=True)
    expression_data_url = models.URLField(blank=True)
    species = models.ForeignKey(Species, null=True, blank=True, on_delete=models.SET_NULL)
    subject_autoname_index = models.IntegerField(default=0)
    breeding_pair_autoname_index = models.IntegerField(default=0)
    litter_autoname_index = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    lab = models.ForeignKey("misc.Lab", null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        ordering = ["name"]


class BreedingPair(Record):
    """A father and up to two mothers, kept together for a time."""

    name = models.CharField(max_length=255, default="-", help_text="Given by the line when left empty")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.SET_NULL)
    description = models.TextField(blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    father = models.ForeignKey(
        "Subject",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="father",
        limit_choices_to={"sex": "M"},
    )
    mother1 = models.ForeignKey(
        "Subject",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mother1",
        limit_choices_to={"sex": "F"},
    )
    mother2 = models.ForeignKey(
        "Subject",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mother2",
        limit_choices_to={"sex": "F"},
    )

    class Meta:
        ordering = ["line", "name"]
        constraints = [in_order("start_date", "end_date", name="breedingpair_ends_after_start")]
        indexes = [models.Index(fields=["end_date", "start_date"], name="breedingpair_dates")]


class Litter(Record):
    """Animals born together."""

    name = models.CharField(max_length=255, unique=True, default="-", help_text="Given by the line when left empty")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.SET_NULL)
    breeding_pair = models.ForeignKey(BreedingPair, null=True, blank=True, on_delete=models.SET_NULL)
    mother = models.ForeignKey(
        "Subject",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="litters_born",
        limit_choices_to={"sex": "F"},
        help_text="Which mother of the pair, where there are two",
    )
    description = models.TextField(blank=True)
    birth_date = models.DateField(null=True, blank=True)
    n_males = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Born alive")
    n_females = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Born alive")
    n_unknown = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Born alive, of unknown sex")
    n_dead = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Born dead")
    n_lost = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Lost between birth and weaning")
    wean_date = models.DateField(null=True, blank=True, help_text="When its last pup was weaned or lost")

    class Meta:
        ordering = ["name"]
        constraints = [in_order("birth_date", "wean_date", name="litter_weaned_after_birth")]
        indexes = [models.Index(fields=["wean_date", "birth_date"], name="litter_dates")]


class SubjectRequest(Record):
    """Animals of a line that a person asks for."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="subject_requests"
    )
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.SET_NULL)
    count = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    date_time = models.DateField(null=True, blank=True, default=today_utc)
    due_date = models.DateField(null=True, blank=True)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["-date_time"]
        constraints = [at_least_zero("count", name="subjectrequest_count_at_least_zero")]

    def __str__(self) -> str:
        return f"{self.count or '?'} of {self.line} for {self.user}"


class Subject(Record):
    """An animal."""

    class Sex(models.TextChoices):
        MALE = "M", "Male"
        FEMALE = "F", "Female"
        UNKNOWN = "U", "Unknown"

    class Severity(models.IntegerChoices):
        SUB_THRESHOLD = 1, "Sub-threshold"
        MILD = 2, "Mild"
        MODERATE = 3, "Moderate"
        SEVERE = 4, "Severe"
        NON_RECOVERY = 5, "Non-recovery"

    class ProtocolNumber(models.TextChoices):
        ONE = "1", "1"
        TWO = "2", "2"
        THREE = "3", "3"
        FOUR = "4", "4"

    nickname = models.CharField(max_length=64, default="-", validators=[SUBJECT.validator])
    species = models.ForeignKey(Species, null=True, blank=True, on_delete=models.SET_NULL, default=default_species)
    litter = models.ForeignKey(Litter, null=True, blank=True, on_delete=models.SET_NULL)
    sex = models.CharField(max_length=1, choices=Sex, default=Sex.UNKNOWN, blank=True)
    strain = models.ForeignKey(Strain, null=True, blank=True, on_delete=models.SET_NULL)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL)
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.SET_NULL)
    birth_date = models.DateField(null=True, blank=True)
    death_date = models.DateField(null=True, blank=True)
    wean_date = models.DateField(null=True, blank=True)
    genotype_date = models.DateField(null=True, blank=True)
    reduced_date = models.DateField(null=True, blank=True)
    genotype = models.ManyToManyField(Allele, through="Zygosity", blank=True)
    responsible_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="subjects_responsible",
        help_text="Who has primary or legal responsibility for the subject",
    )
    lab = models.ForeignKey("misc.Lab", on_delete=models.CASCADE)
    projects = models.ManyToManyField(Project, blank=True)
    genotype_test = models.ManyToManyField(Sequence, through="GenotypeTest", blank=True)
    cage = models.CharField(
        max_length=64, null=True, blank=True, help_text="Name of the cage it lives in, kept by every move"
    )
    request = models.ForeignKey(SubjectRequest, null=True, blank=True, on_delete=models.SET_NULL)
    ear_mark = models.CharField(max_length=32, blank=True)
    protocol_number = models.CharField(max_length=1, choices=ProtocolNumber, default=ProtocolNumber.ONE)
    description = models.TextField(blank=True)
    adverse_effects = models.TextField(blank=True)
    actual_severity = models.IntegerField(null=True, blank=True, choices=Severity)
    to_be_genotyped = models.BooleanField(default=False)
    to_be_culled = models.BooleanField(default=False)

    class Meta:
        ordering = ["nickname", "-birth_date"]
        constraints = [
            models.UniqueConstraint(fields=["nickname", "lab"], name="subject_nickname_unique_in_lab"),
            models.UniqueConstraint(fields=["nickname", "responsible_user"], name="subject_nickname_unique_for_user"),
            matches("nickname", SUBJECT, name="subject_nickname_is_alf"),
            models.CheckConstraint(condition=Q(sex__in=["M", "F", "U", ""]), name="subject_sex_is_known_letter"),
            in_order("birth_date", "death_date", name="subject_dies_after_birth"),
            in_order("birth_date", "wean_date", name="subject_weaned_after_birth"),
        ]
        indexes = [
            models.Index(fields=["responsible_user"], name="subject_responsible"),
            models.Index(fields=["death_date"], name="subject_death_date"),
            models.Index(fields=["birth_date"], name="subject_birth_date"),
            models.Index(fields=["cage"], name="subject_cage"),
            GinIndex(Words("nickname", "description"), name="subject_words"),
            models.Index(fields=["lab", "nickname"], condition=Q(death_date__isnull=True), name="subject_living"),
        ]

    def __str__(self) -> str:
        return self.nickname


class Zygosity(Record):
    """How many copies of an allele a subject carries."""

    class Copies(models.IntegerChoices):
        ABSENT = 0, "Absent"
        HETEROZYGOUS = 1, "Heterozygous"
        HOMOZYGOUS = 2, "Homozygous"
        PRESENT = 3, "Present"

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE)
    allele = models.ForeignKey(Allele, on_delete=models.CASCADE)
    zygosity = models.IntegerField(choices=Copies)

    class Meta:
        verbose_name_plural = "zygosities"
        constraints = [
            models.UniqueConstraint(fields=["subject", "allele"], name="zygosity_once_per_subject_and_allele"),
        ]

    def __str__(self) -> str:
        return f"{self.allele} {self.symbol}"

    @property
    def symbol(self) -> str:
        """How geneticists write it, such as +/-."""
        return SYMBOLS[self.zygosity]


SYMBOLS = {0: "-/-", 1: "+/-", 2: "+/+", 3: "+"}


class TestResult(models.IntegerChoices):
    """Whether a genotype test found its sequence."""

    ABSENT = 0, "Absent"
    PRESENT = 1, "Present"


class GenotypeTest(Record):
    """The outcome of looking for a sequence in a subject; the latest counts."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE)
    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE)
    test_result = models.IntegerField(choices=TestResult, null=True, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True, default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "genotype tests"
        indexes = [models.Index(fields=["subject", "sequence"], name="genotypetest_subject_sequence")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.get_test_result_display()}"


class ZygosityRule(Record):
    """What the results of one or two genotype tests say about an allele, in a line."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE)
    allele = models.ForeignKey(Allele, on_delete=models.CASCADE)
    sequence0 = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="sequence0")
    sequence0_result = models.IntegerField(choices=TestResult, null=True, blank=True)
    sequence1 = models.ForeignKey(Sequence, null=True, blank=True, on_delete=models.CASCADE, related_name="sequence1")
    sequence1_result = models.IntegerField(choices=TestResult, null=True, blank=True)
    zygosity = models.IntegerField(choices=Zygosity.Copies)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "allele", "sequence0", "sequence0_result", "sequence1", "sequence1_result"],
                name="zygosityrule_unique",
                nulls_distinct=False,
                violation_error_message="There is a rule for these results already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.allele} {SYMBOLS[self.zygosity]}"


class AdverseEffect(Subject):
    """Subjects with adverse effects, as the admin lists them."""

    class Meta:
        proxy = True


class CullSubject(Subject):
    """Subjects to be culled, as the admin lists them."""

    class Meta:
        proxy = True
