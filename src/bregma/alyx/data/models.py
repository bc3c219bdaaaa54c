"""Datasets, their types, revisions and files."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bregma.alyx.data.secret_names import no_secrets
from bregma.alyx.records import (
    COLLECTION,
    EXTENSION,
    FILE_NAME,
    HOSTNAME,
    QC,
    RELATIVE_PATH,
    REVISION,
    Record,
    at_least_zero,
    in_order,
    matches,
)


class DataRepositoryType(Record):
    """A kind of repository."""

    name = models.CharField(max_length=255, unique=True)

    class Meta:
        ordering = ["name"]


class DataRepository(Record):
    """A place that holds files. Without a ``data_url`` it is this installation's own store."""

    name = models.CharField(max_length=255, unique=True)
    repository_type = models.ForeignKey(DataRepositoryType, null=True, blank=True, on_delete=models.CASCADE)
    hostname = models.CharField(max_length=200, blank=True, validators=[HOSTNAME.validator])
    data_url = models.URLField(null=True, blank=True)
    timezone = models.CharField(max_length=64, blank=True, default="UTC")
    globus_path = models.CharField(max_length=1000, blank=True)
    globus_endpoint_id = models.UUIDField(null=True, blank=True)
    globus_is_personal = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "data repositories"
        constraints = [
            matches("hostname", HOSTNAME, name="datarepository_hostname"),
            no_secrets("json", name="datarepository_no_secrets"),
        ]


class DataFormat(Record):
    """A file format and its extension."""

    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=255, blank=True)
    file_extension = models.CharField(max_length=255, blank=True, validators=[EXTENSION.validator])
    matlab_loader_function = models.CharField(max_length=255, blank=True)
    python_loader_function = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            matches("file_extension", EXTENSION, name="dataformat_extension_starts_with_dot"),
        ]


class DatasetType(Record):
    """A kind of dataset, recognised by the names of its files."""

    name = models.CharField(max_length=255, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="%(app_label)s_%(class)s_created_by_related",
    )
    description = models.CharField(max_length=1023, blank=True)
    filename_pattern = models.CharField(
        max_length=255,
        unique=True,
        null=True,
        blank=True,
        help_text="Shell pattern, any case; empty: the name must be object.attribute",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(filename_pattern__isnull=True) | ~Q(filename_pattern=""),
                name="datasettype_pattern_not_empty",
            ),
        ]


class Tag(Record):
    """A label of datasets; it may protect them or make them public."""

    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=1023, blank=True)
    protected = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    hash = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        ordering = ["name"]


class Revision(Record):
    """A revision of datasets: a name such as a date."""

    name = models.CharField(max_length=255, unique=True, validators=[REVISION.validator])
    description = models.CharField(max_length=1023, blank=True)
    created_datetime = models.DateTimeField(null=True, blank=True, default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            matches("name", REVISION, name="revision_name_is_alf"),
        ]


KEEP_PROTECTED = pgtrigger.Trigger(
    name="keep_protected_dataset",
    when=pgtrigger.Before,
    operation=pgtrigger.Delete,
    declare=[("tag_name", "text")],
    func=pgtrigger.Func("""
        SELECT t.name INTO tag_name FROM data_dataset_tags l JOIN data_tag t ON t.id = l.tag_id
        WHERE l.dataset_id = OLD.id AND t.protected LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'dataset % (%) is protected by tag %; remove the tag first', OLD.name, OLD.id, tag_name
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'dataset_protected';
        END IF;
        RETURN OLD;
    """),
)


class Dataset(Record):
    """One file of a session, in one revision, wherever its copies are."""

    name = models.CharField(max_length=255, blank=True, validators=[FILE_NAME.validator], help_text="Of the file")
    session = models.ForeignKey(
        "actions.Session",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="%(app_label)s_%(class)s_session_related",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="%(app_label)s_%(class)s_created_by_related",
    )
    created_datetime = models.DateTimeField(null=True, blank=True, default=timezone.now)
    generating_software = models.CharField(max_length=255, blank=True)
    provenance_directory = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="%(app_label)s_%(class)s_provenance_related",
    )
    content_type = models.ForeignKey("contenttypes.ContentType", null=True, blank=True, on_delete=models.SET_NULL)
    object_id = models.UUIDField(null=True, blank=True, help_text="Key of what the file belongs to, if no session")
    content_object = GenericForeignKey()
    file_size = models.BigIntegerField(null=True, blank=True, help_text="Bytes")
    md5 = models.UUIDField(null=True, blank=True)
    hash = models.CharField(max_length=64, null=True, blank=True, default="", help_text="md5, 32 hex digits")
    version = models.CharField(
        max_length=64, null=True, blank=True, default="", help_text="Version of the software that wrote it"
    )
    collection = models.CharField(
        validators=[COLLECTION.validator],
        max_length=255,
        null=True,
        blank=True,
        default="",
        help_text="Such as alf/probe00",
    )
    dataset_type = models.ForeignKey(DatasetType, on_delete=models.PROTECT)
    data_format = models.ForeignKey(DataFormat, on_delete=models.PROTECT)
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT)
    tags = models.ManyToManyField(Tag, blank=True, related_name="datasets")
    auto_datetime = models.DateTimeField(auto_now=True, null=True, blank=True)
    default_dataset = models.BooleanField(default=True, help_text="Whether this is the revision to load by default")
    qc = models.IntegerField(choices=QC, default=QC.NOT_SET)

    class Meta:
        ordering = ["-created_datetime", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "content_type", "object_id", "collection", "name", "revision"],
                name="dataset_unique_in_session",
                nulls_distinct=False,
                violation_error_message="This session already has this file in this revision.",
            ),
            models.UniqueConstraint(
                fields=["session", "collection", "name"],
                condition=Q(default_dataset=True, session__isnull=False),
                name="dataset_one_default_revision",
                nulls_distinct=False,
                violation_error_message="Another revision of this file is the default.",
            ),
            matches("name", FILE_NAME, name="dataset_name_has_no_folders"),
            matches("collection", COLLECTION, name="dataset_collection_is_alf"),
            at_least_zero("file_size", name="dataset_file_size_at_least_zero"),
        ]
        indexes = [
            models.Index(fields=["name"], name="dataset_name"),
            models.Index(fields=["hash"], name="dataset_hash"),
            models.Index(fields=["content_type", "object_id"], name="dataset_object"),
            models.Index(fields=["session", "collection", "name"], name="dataset_session_path"),
            models.Index(fields=["-created_datetime"], name="dataset_created"),
        ]
        triggers = [KEEP_PROTECTED]


class ProtectedTagLink(Dataset.tags.through):  # type: ignore[name-defined,misc] # made by Django
    """The tags of datasets. At the end of a transaction no dataset is gone whose protecting tag was removed in it.

    A cascade removes the tags of a dataset before the dataset, so that the trigger of the dataset cannot see them.
    """

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="keep_protected_through_cascade",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func("""
                    IF EXISTS (SELECT 1 FROM data_tag WHERE id = OLD.tag_id AND protected)
                       AND NOT EXISTS (SELECT 1 FROM data_dataset WHERE id = OLD.dataset_id) THEN
                        RAISE EXCEPTION 'dataset % is protected; remove its tag first, in a change of its own',
                            OLD.dataset_id USING ERRCODE = 'restrict_violation', CONSTRAINT = 'dataset_protected';
                    END IF;
                    RETURN NULL;
                """),
            )
        ]


class FileRecord(Record):
    """One copy of a dataset in one repository."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="file_records")
    data_repository = models.ForeignKey(DataRepository, on_delete=models.PROTECT)
    relative_path = models.CharField(
        validators=[RELATIVE_PATH.validator],
        max_length=1000,
        help_text="subject/date/number/collection/name, without uuid",
    )
    exists = models.BooleanField(default=False, help_text="Whether the repository really holds the file")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["data_repository", "relative_path"], name="filerecord_unique_path_in_repository"
            ),
            matches("relative_path", RELATIVE_PATH, name="filerecord_path_is_alf"),
        ]

    def __str__(self) -> str:
        return f"{self.relative_path} on {self.data_repository}"


class Download(Record):
    """How often a person downloaded a dataset."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE)
    first_download = models.DateTimeField(auto_now_add=True)
    last_download = models.DateTimeField(auto_now=True)
    count = models.IntegerField(default=0)
    projects = models.ManyToManyField("subjects.Project", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dataset"], name="download_unique_user_dataset")]

    def __str__(self) -> str:
        return f"{self.user} {self.dataset} {self.count}"


class DataNotice(Record):
    """What people should know about some datasets, such as a fault of the software that made them."""

    class Importance(models.IntegerChoices):
        CRITICAL = 50, "CRITICAL"
        MAJOR = 40, "MAJOR"
        MINOR = 30, "MINOR"
        INFO = 20, "INFO"

    description = models.TextField(help_text="Markdown")
    importance = models.IntegerField(choices=Importance, default=Importance.INFO)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="data_notices"
    )
    created_datetime = models.DateTimeField(null=True, blank=True, default=timezone.now)
    datasets = models.ManyToManyField(Dataset, blank=True, related_name="data_notices")
    version_affected = models.CharField(max_length=64, blank=True)
    affected_date_start = models.DateField(null=True, blank=True)
    affected_date_end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-created_datetime"]
        constraints = [in_order("affected_date_start", "affected_date_end", name="datanotice_dates_in_order")]
