"""Endpoints that register files, and say which are protected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx import policy
from bregma.alyx.api.fields import NaiveDateTimeField
from bregma.alyx.data.catalog import AnyKind, Catalog
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.registration import Batch, Registered, check_protected, register_batches
from bregma.alyx.data.requests import RegistrationRequest
from bregma.alyx.data.texts import mapping_of
from bregma.alyx.errors import InvalidRequest, ProtectedRevisions

if TYPE_CHECKING:
    from rest_framework.request import Request

EXPECTED = "one JSON object with path and filenames"
_MOMENT = NaiveDateTimeField()
MOST_REGISTRATIONS = 1000
"""How many sessions one request may register files of."""


class RegisterFileSerializer(serializers.Serializer[Any]):
    """The body of ``/register-file``: one registration, or a list of several, of which all or none are kept."""

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
    content_type = serializers.CharField(required=False, help_text="Such as subject, for files of no session")
    object_id = serializers.UUIDField(required=False, help_text="Key of what they belong to then")


class RegisteredCopySerializer(serializers.Serializer[Any]):
    """One copy of a registered file."""

    id = serializers.UUIDField()
    data_repository = serializers.CharField()
    relative_path = serializers.CharField()
    exists = serializers.BooleanField()


class RegisteredFileSerializer(serializers.Serializer[Any]):
    """One registered file."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    file_size = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField()
    created_by = serializers.CharField(allow_null=True)
    created_datetime = serializers.CharField(allow_null=True)
    dataset_type = serializers.CharField()
    data_format = serializers.CharField()
    session = serializers.UUIDField(required=False)
    session_number = serializers.IntegerField(required=False)
    session_users = serializers.CharField(required=False, help_text="Usernames with commas between them")
    session_start_time = serializers.CharField(required=False)
    content_type = serializers.CharField(required=False, help_text="Of files of no session")
    object_id = serializers.UUIDField(required=False)
    collection = serializers.CharField()
    revision = serializers.CharField(help_text="Empty without one")
    default = serializers.BooleanField()
    qc = serializers.IntegerField()
    file_records = RegisteredCopySerializer(many=True)


class RegisterFileView(APIView):
    """Register the files of a session, all or none."""

    model = Dataset

    @extend_schema(request=RegisterFileSerializer, responses={201: RegisteredFileSerializer(many=True)})
    def post(self, request: Request) -> Response:
        """Record files, and where their copies are.

        A list of such bodies registers the files of several sessions, all or none; its answer is a list of answers.
        """
        member, catalog = _member(request), Catalog()
        batches = [RegistrationRequest(body, member).batch(catalog) for body in _bodies(request)]
        found = register_batches(batches, by=member)
        answers = [_answer(batch, rows) for batch, rows in zip(batches, found, strict=True)]
        return Response(answers if isinstance(request.data, list) else answers[0], status=201)


class CheckProtectedView(APIView):
    """Say whether files could be registered; answers 200 always, the verdict is in the body."""

    @extend_schema(request=None, responses=RegisterFileSerializer)
    def get(self, request: Request) -> Response:
        """Look for protected revisions of files; the names are in the body of the request, or its query."""
        body = mapping_of(request.data, EXPECTED) or dict(request.query_params.items())
        asked = RegistrationRequest(body, _member(request))
        try:
            check_protected(asked.owner, asked.files(AnyKind()))
        except ProtectedRevisions as error:
            return Response({"status_code": 403, "error": str(error), "details": error.details})
        return Response({"status_code": 200, "details": "None of the datasets are protected"})


def _bodies(request: Request) -> list[dict[str, Any]]:
    """Return the registrations of a request."""
    bodies = request.data if isinstance(request.data, list) else [request.data]
    if not bodies:
        raise InvalidRequest(EXPECTED)
    if len(bodies) > MOST_REGISTRATIONS:
        raise InvalidRequest(f"{len(bodies)} registrations in one request; send {MOST_REGISTRATIONS} at most")
    return [mapping_of(body, EXPECTED) for body in bodies]


def _member(request: Request) -> Any:
    if not policy.is_member(request.user):
        raise PermissionDenied("only members of the collaboration register files")
    return request.user


def _answer(batch: Batch, rows: list[Registered]) -> list[dict[str, Any]]:
    """Write what was registered of one owner."""
    owner = _written_owner(batch) if rows else {}
    return [_written(row, batch.owner.subject.nickname, owner) for row in rows]


def _written(row: Registered, subject: str, owner: dict[str, Any]) -> dict[str, Any]:
    """Write one registered dataset."""
    dataset = row.dataset
    return {
        "id": str(dataset.pk),
        "name": dataset.name,
        "file_size": dataset.file_size,
        "subject": subject,
        "created_by": dataset.created_by and dataset.created_by.username,
        "created_datetime": _when(dataset.created_datetime),
        "dataset_type": dataset.dataset_type.name,
        "data_format": dataset.data_format.name,
        **owner,
        "collection": dataset.collection,
        "revision": dataset.revision.name if dataset.revision else "",
        "default": dataset.default_dataset,
        "qc": int(dataset.qc),
        "file_records": [
            {
                "id": str(record.pk),
                "data_repository": record.data_repository.name,
                "relative_path": record.relative_path,
                "exists": record.exists,
            }
            for record in row.records
        ],
    }


def _written_owner(batch: Batch) -> dict[str, Any]:
    """Write the session of datasets, or what else they belong to."""
    session, kind = batch.owner.session, batch.owner.content_type
    if session is None:
        label = kind and f"{kind.app_label}.{kind.model}"
        return {"content_type": label, "object_id": str(batch.owner.object_id)}
    users = session.users.order_by("username").values_list("username", flat=True)
    return {
        "session": str(session.pk),
        "session_number": session.number,
        "session_users": ",".join(users),
        "session_start_time": _when(session.start_time),
    }


def _when(moment: Any) -> Any:
    return _MOMENT.to_representation(moment)
