"""Endpoints that register files, and say which are protected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx import policy
from bregma.alyx.api.fields import NaiveDateTimeField
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.registration import check_protected, register_files
from bregma.alyx.data.requests import RegistrationRequest
from bregma.alyx.data.selectors import detailed_datasets
from bregma.alyx.errors import InvalidRequest, ProtectedRevisions

if TYPE_CHECKING:
    from rest_framework.request import Request


class RegisterFileSerializer(serializers.Serializer[Any]):
    """The body of ``/register-file``."""

    path = serializers.CharField(help_text="subject/YYYY-MM-DD/number, and perhaps a collection")
    filenames = serializers.ListField(child=serializers.CharField(), help_text="Paths below it")
    created_by = serializers.CharField(required=False)
    name = serializers.CharField(required=False, help_text="Of the repository that holds the files")
    hostname = serializers.CharField(required=False, help_text="Of that repository, in place of its name")
    labs = serializers.CharField(required=False, help_text="Whose repositories get file records")
    projects = serializers.CharField(required=False, help_text="The same, for old clients")
    hashes = serializers.ListField(child=serializers.CharField(), required=False, help_text="md5, 32 hex digits")
    filesizes = serializers.ListField(child=serializers.IntegerField(), required=False, help_text="Bytes")
    versions = serializers.ListField(child=serializers.CharField(), required=False)
    qc = serializers.ListField(child=serializers.CharField(), required=False)
    exists = serializers.BooleanField(required=False, default=True)
    server_only = serializers.BooleanField(required=False, default=False)
    default = serializers.BooleanField(required=False, default=True)
    check_protected = serializers.BooleanField(required=False, default=False)
    content_type = serializers.CharField(required=False)
    object_id = serializers.UUIDField(required=False)


class RegisterFileView(APIView):
    """Register the files of a session, all or none."""

    model = Dataset

    @extend_schema(request=RegisterFileSerializer, responses={201: RegisterFileSerializer})
    def post(self, request: Request) -> Response:
        """Record files, and where their copies are."""
        asked = RegistrationRequest(_body(request), _member(request))
        owner = asked.owner
        policy.check_may_write(asked.user, owner.session or owner.subject)
        datasets = register_files(owner, asked.files(), asked.options(), by=asked.user)
        found = (
            detailed_datasets()
            .select_related("content_type")
            .prefetch_related("session__users")
            .in_bulk([row.pk for row in datasets])
        )
        return Response([_written(found[row.pk], owner.subject.nickname) for row in datasets], status=201)


class CheckProtectedView(APIView):
    """Say whether files could be registered; answers 200 always, the verdict is in the body."""

    @extend_schema(request=None, responses=RegisterFileSerializer)
    def get(self, request: Request) -> Response:
        """Look for protected revisions of files; the names are in the body of the request, or its query."""
        asked = RegistrationRequest(_body(request), _member(request))
        try:
            check_protected(asked.owner, asked.files())
        except ProtectedRevisions as error:
            return Response({"status_code": 403, "error": str(error), "details": error.details})
        return Response({"status_code": 200, "details": "None of the datasets are protected"})


def _body(request: Request) -> dict[str, Any]:
    """Return what was sent, in the body or (with GET) as well in the query."""
    if not isinstance(request.data, Mapping):
        raise InvalidRequest("expected one JSON object with path and filenames")
    return dict(request.data.items()) or dict(request.query_params.items())


def _member(request: Request) -> Any:
    if not policy.is_member(request.user):
        raise PermissionDenied("only members of the collaboration register files")
    return request.user


def _written(dataset: Dataset, subject: str) -> dict[str, Any]:
    """Write one registered dataset."""
    return {
        "id": str(dataset.pk),
        "name": dataset.name,
        "file_size": dataset.file_size,
        "subject": subject,
        "created_by": dataset.created_by and dataset.created_by.username,
        "created_datetime": _when(dataset.created_datetime),
        "dataset_type": dataset.dataset_type.name,
        "data_format": dataset.data_format.name,
        **_written_owner(dataset),
        "collection": dataset.collection,
        "revision": dataset.revision.name if dataset.revision else "",
        "default": dataset.default_dataset,
        "qc": dataset.qc,
        "file_records": [
            {
                "id": str(record.pk),
                "data_repository": record.data_repository.name,
                "relative_path": record.relative_path,
                "exists": record.exists,
            }
            for record in dataset.file_records.all()
        ],
    }


def _written_owner(dataset: Dataset) -> dict[str, Any]:
    """Write the session of a dataset, or what else it belongs to."""
    session, kind = dataset.session, dataset.content_type
    if session is None:
        label = kind and f"{kind.app_label}.{kind.model}"
        return {"content_type": label, "object_id": str(dataset.object_id)}
    return {
        "session": str(session.pk),
        "session_number": session.number,
        "session_users": ",".join(sorted(user.username for user in session.users.all())),
        "session_start_time": _when(session.start_time),
    }


def _when(moment: Any) -> Any:
    return NaiveDateTimeField().to_representation(moment)
