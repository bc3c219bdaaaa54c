"""How datasets, files and repositories are written on the wire."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers

from bregma.alyx.actions.models import Session
from bregma.alyx.api.fields import LinkField, QCField, UrlField
from bregma.alyx.api.serializers import WireSerializer, author, by_name, maybe_by_name
from bregma.alyx.data.addresses import copy_url, record_url, repository_url
from bregma.alyx.data.models import (
    DataFormat,
    DataNotice,
    DataRepository,
    DataRepositoryType,
    Dataset,
    DatasetType,
    Download,
    FileRecord,
    Revision,
    Tag,
)
from bregma.alyx.data.storage_secrets import json_for
from bregma.alyx.misc.models import LabMember
from bregma.alyx.notebook.markdown import render_markdown
from bregma.alyx.records import QC


def base_url(serializer: serializers.BaseSerializer[Any]) -> str:
    """Return the root URL under which the client knows this server."""
    request = serializer.context.get("request")
    return request.build_absolute_uri("/") if request is not None else "/"


class RepositoryTypeSerializer(WireSerializer[DataRepositoryType]):
    """A kind of repository."""

    url = UrlField("datarepositorytype-detail", lookup="name")

    class Meta:
        model = DataRepositoryType
        fields = ["url", "json", "name"]


class RepositorySerializer(WireSerializer[DataRepository]):
    """A repository; one of labs that is this installation's own answers with the URL of its store."""

    repository_type = maybe_by_name(DataRepositoryType)

    class Meta:
        model = DataRepository
        fields = ["name", "timezone", "globus_path", "hostname", "data_url", "repository_type"]
        fields += ["globus_endpoint_id", "globus_is_personal", "json"]

    def to_representation(self, instance: DataRepository) -> dict[str, Any]:
        """Write a repository, with the URL at which the client finds its files."""
        data = super().to_representation(instance)
        labs = [lab.name for lab in instance.lab_set.all()]
        request = self.context.get("request")
        data["json"] = json_for(instance, request.user if request is not None else None)
        if labs:
            data["data_url"] = repository_url(instance, labs[0] if len(labs) == 1 else None, base_url(self))
        return data


class DataFormatSerializer(WireSerializer[DataFormat]):
    """A file format."""

    class Meta:
        model = DataFormat
        fields = ["id", "json", "name", "description", "file_extension"]
        fields += ["matlab_loader_function", "python_loader_function"]
        extra_kwargs = {"file_extension": {"required": True, "allow_blank": False}}


class DatasetTypeSerializer(WireSerializer[DatasetType]):
    """A kind of dataset."""

    created_by = author(allow_null=True)
    filename_pattern = serializers.CharField(max_length=255, required=False, allow_null=True, allow_blank=True)

    class Meta:
        model = DatasetType
        fields = ["id", "name", "created_by", "description", "filename_pattern"]

    def to_representation(self, instance: DatasetType) -> dict[str, Any]:
        """Write no pattern as an empty one."""
        data = super().to_representation(instance)
        data["filename_pattern"] = data["filename_pattern"] or ""
        return data


class RevisionSerializer(WireSerializer[Revision]):
    """A revision."""

    class Meta:
        model = Revision
        fields = ["id", "json", "name", "description", "created_datetime"]


class TagSerializer(WireSerializer[Tag]):
    """A tag."""

    class Meta:
        model = Tag
        fields = ["id", "json", "name", "description", "protected", "public", "hash"]


class FileRecordSerializer(WireSerializer[FileRecord]):
    """One copy of a dataset."""

    url = UrlField("filerecord-detail")
    dataset = LinkField(view_name="dataset-detail", queryset=Dataset.objects.select_related("session__subject"))
    data_repository = by_name(DataRepository)

    class Meta:
        model = FileRecord
        fields = ["url", "dataset", "data_repository", "name", "json", "relative_path", "exists"]


class DatasetFileSerializer(WireSerializer[FileRecord]):
    """One copy of a dataset, inside the dataset."""

    data_repository = serializers.CharField(source="data_repository.name")
    data_repository_path = serializers.CharField(source="data_repository.globus_path")
    data_url = serializers.SerializerMethodField()

    class Meta:
        model = FileRecord
        fields = ["id", "data_repository", "data_repository_path", "relative_path", "data_url", "exists"]

    def get_data_url(self, record: FileRecord) -> str | None:
        """Return where the copy can be downloaded."""
        return record_url(record, record.dataset, base_url(self))


class DatasetSerializer(WireSerializer[Dataset]):
    """A dataset with its files."""

    url = UrlField("dataset-detail")
    created_by = author(allow_null=True)
    dataset_type = by_name(DatasetType)
    data_format = maybe_by_name(DataFormat)
    session = LinkField(view_name="session-detail", queryset=Session.objects.all(), required=False, allow_null=True)
    experiment_number = serializers.SerializerMethodField()
    file_records = DatasetFileSerializer(many=True, read_only=True)
    revision = maybe_by_name(Revision)
    protected = serializers.SerializerMethodField()
    public = serializers.SerializerMethodField()
    tags = by_name(Tag, many=True, required=False)
    qc = QCField(required=False)
    subject = serializers.CharField(write_only=True, required=False)
    date = serializers.DateField(write_only=True, required=False)
    number = serializers.IntegerField(write_only=True, required=False)

    class Meta:
        model = Dataset
        fields = [
            *("url", "name", "created_by", "created_datetime", "dataset_type", "data_format", "collection"),
            *("session", "file_size", "hash", "version", "experiment_number", "file_records", "auto_datetime"),
            *("revision", "default_dataset", "protected", "public", "tags", "qc", "json"),
            *("subject", "date", "number"),
        ]
        extra_kwargs = {"name": {"required": True, "allow_blank": False}}
        validators: list[Any] = []  # the service says which revision is the default before the tables check

    def get_experiment_number(self, dataset: Dataset) -> int | None:
        """Return the number of the session; nothing without a session."""
        return dataset.session.number if dataset.session else None

    def get_protected(self, dataset: Dataset) -> int:
        """Return 1 if a tag protects the dataset, else 0."""
        return int(getattr(dataset, "is_protected", False))

    def get_public(self, dataset: Dataset) -> int:
        """Return 1 if a tag makes the dataset public, else 0."""
        return int(getattr(dataset, "is_public", False))

    def to_representation(self, instance: Dataset) -> dict[str, Any]:
        """Write no revision as an empty name; flags only where they were counted, in lists."""
        data = super().to_representation(instance)
        data["revision"] = data["revision"] or ""
        if not hasattr(instance, "is_protected"):
            del data["protected"], data["public"]
        return data


class NoticeSerializer(WireSerializer[DataNotice]):
    """A notice about datasets; its Markdown as HTML without scripts."""

    created_by = maybe_by_name(LabMember, "username")
    datasets = serializers.PrimaryKeyRelatedField(many=True, queryset=Dataset.objects.all(), required=False)
    description_html = serializers.SerializerMethodField()

    class Meta:
        model = DataNotice
        fields = [
            *("id", "created_by", "datasets", "description_html", "name", "json", "description", "importance"),
            *("created_datetime", "version_affected", "affected_date_start", "affected_date_end"),
        ]

    def get_description_html(self, notice: DataNotice) -> str:
        """Return the description as HTML."""
        return str(render_markdown(notice.description)).strip()


class DownloadSerializer(WireSerializer[Download]):
    """How often a person downloaded a dataset."""

    user = by_name(LabMember, "username")
    dataset: Any = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Download
        fields = ["id", "user", "dataset", "count", "json"]


class SessionDatasetSerializer(serializers.Serializer[Dataset]):
    """A dataset of ``datasets_on_servers`` inside its session; types as the legacy wire has them."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    dataset_type = serializers.CharField(source="type_name")
    data_url = serializers.SerializerMethodField()
    url = UrlField("dataset-detail")
    file_size = serializers.IntegerField()
    hash = serializers.CharField()
    version = serializers.CharField()
    collection = serializers.CharField()
    revision = serializers.SerializerMethodField()
    default_revision = serializers.SerializerMethodField()
    qc = serializers.SerializerMethodField()

    def get_data_url(self, dataset: Dataset) -> str | None:
        """Return where the file can be downloaded."""
        copy = getattr(dataset, "copy", None)
        return copy_url(copy, dataset, self.base_url) if copy else None

    @cached_property
    def base_url(self) -> str:
        """The root URL of this server, the same for all rows."""
        return base_url(self)

    def get_revision(self, dataset: Dataset) -> str:
        """Return the uuid of the revision, or nothing."""
        return str(dataset.revision_id or "")

    def get_default_revision(self, dataset: Dataset) -> str:
        """Return "True" or "False"."""
        return str(dataset.default_dataset)

    def get_qc(self, dataset: Dataset) -> str:
        """Return the name of the outcome."""
        return str(QC(dataset.qc).label)


class InsertionDatasetSerializer(SessionDatasetSerializer):
    """A dataset inside a probe insertion: quality as a number, no revision."""

    revision = None  # type: ignore[assignment]
    default_revision = None  # type: ignore[assignment]

    def get_qc(self, dataset: Dataset) -> int:  # type: ignore[override]
        """Return the number of the outcome."""
        return dataset.qc
