"""One call before loading: which files an object is, and links that open them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alf import QC
from bregma.alyx.actions.serializers import SessionListSerializer
from bregma.alyx.api.errors import status_of
from bregma.alyx.api.fields import NaiveDateTimeField, QCField
from bregma.alyx.api.modern.query_api import MayRead, check_names
from bregma.alyx.api.modern.resolve import Found, Wanted, path_in_session, resolve_files
from bregma.alyx.api.parsers import StrictJSONParser
from bregma.alyx.data.addresses import record_url
from bregma.alyx.data.download_links import LIFETIME, LONGEST, end_of_link, signed_url
from bregma.alyx.data.models import Dataset  # noqa: TC001 # the schema reads the hints of methods
from bregma.alyx.data.serializers import base_url
from bregma.alyx.errors import AlyxError, InvalidRequest

if TYPE_CHECKING:
    from rest_framework.request import Request

PARTS = ("object", "attribute", "namespace", "timescale", "extra", "extension")
MOST = 100


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
class PatternField(serializers.Field[Any, Any, Any, Any]):
    """A text, or several of which one must fit; ``*``, ``?`` and ``[…]`` stand for any characters."""

    def to_internal_value(self, data: Any) -> Any:
        """Read one text or a list of them."""
        texts = data if isinstance(data, list) else [data]
        if len(texts) > MOST or not all(isinstance(text, str) and len(text) <= 255 for text in texts):
            raise serializers.ValidationError("Expected a text, or a list of at most 100 texts.")
        return data

    def to_representation(self, value: Any) -> Any:
        """Write what was read."""
        return value


class ResolveSerializer(serializers.Serializer[Any]):
    """Files of one session: those of an object, or one by its name."""

    session = serializers.CharField(help_text="Its key, or subject/YYYY-MM-DD/number")
    name = serializers.CharField(required=False, help_text="One file: its name, object.attribute, or collection/name")
    object = PatternField(required=False, help_text="All files of an object, such as trials")
    attribute = PatternField(required=False)
    namespace = PatternField(required=False)
    timescale = PatternField(required=False)
    extra = PatternField(required=False)
    extension = PatternField(required=False)
    collection = PatternField(required=False, help_text="The folder in the session; any, if not given")
    revision = serializers.CharField(required=False, allow_null=True, help_text="The last one up to this")
    qc = serializers.ChoiceField([one.name for one in QC], required=False, help_text="The worst that is taken")
    expires_in = serializers.IntegerField(
        required=False, min_value=1, max_value=LONGEST, default=LIFETIME, help_text="Seconds for which links open files"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what would be overlooked, and what says nothing."""
        check_names(self.initial_data, list(self.get_fields()), "resolve")
        return attrs

    def wanted(self) -> Wanted:
        """Return what was asked for."""
        values = self.validated_data
        return Wanted(
            values["session"].strip("/"),
            values.get("name"),
            {part: values[part] for part in PARTS if part in values},
            values.get("collection"),
            values.get("revision"),
            QC[values.get("qc", "FAIL")],
        )


class ResolvedDatasetSerializer(serializers.Serializer[Any]):
    """A file that was chosen."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    path = serializers.SerializerMethodField()
    collection = serializers.CharField()
    revision = serializers.CharField(source="revision.name", default="")
    default_revision = serializers.BooleanField(source="default_dataset")
    dataset_type = serializers.CharField(source="dataset_type.name")
    file_size = serializers.IntegerField()
    hash = serializers.CharField()
    version = serializers.CharField()
    qc = QCField()
    url = serializers.SerializerMethodField()

    def get_path(self, row: Dataset) -> str:
        """Return where the file lies in its session."""
        return path_in_session(row)

    def get_url(self, row: Dataset) -> str | None:
        """Return a link to our own copy, or else the address of another server's."""
        base, links = base_url(self), self.context
        copies = row.file_records.all()
        signed = (signed_url(copy, row, base, user=links["user"], expires=links["expires"]) for copy in copies)
        own = next((url for url in signed if url), None)
        return own or next((url for copy in copies if (url := record_url(copy, row, base))), None)


class ResolvedSerializer(serializers.Serializer[Any]):
    """The session and its chosen files; links open them until ``expires``."""

    session = SessionListSerializer()
    expires = NaiveDateTimeField()
    datasets = ResolvedDatasetSerializer(many=True)


class ResolveView(APIView):
    """Tell which files a client would load, with links that open them without log-in for a while."""

    permission_classes = (MayRead,)
    parser_classes = (StrictJSONParser,)

    @extend_schema(request=ResolveSerializer, responses=ResolvedSerializer, operation_id="resolve_create")
    def post(self, request: Request) -> Response:
        """Resolve one wish, or each of a list: then every answer says by itself what was found, or why not."""
        body: Any = request.data
        single = not isinstance(body, list)
        asked = [_read(one) for one in ([body] if single else body[: MOST + 1])]
        if len(asked) > MOST:
            raise InvalidRequest(f"resolve takes at most {MOST} at once")
        found = resolve_files([one.wanted() for one in asked], by=request.user)
        if single and isinstance(found[0], AlyxError):
            raise found[0]
        answers = [_write(request, one, each) for one, each in zip(asked, found, strict=True)]
        return Response(answers[0] if single else answers)


def _read(body: Any) -> ResolveSerializer:
    asked = ResolveSerializer(data=body)
    asked.is_valid(raise_exception=True)
    return asked


def _write(request: Request, asked: ResolveSerializer, found: Found | AlyxError) -> dict[str, Any]:
    if isinstance(found, AlyxError):
        return {"status_code": status_of(found), "detail": str(found)}
    expires = end_of_link(asked.validated_data["expires_in"])
    values = {"session": found.session, "datasets": found.datasets, "expires": datetime.fromtimestamp(expires, UTC)}
    context = {"request": request, "user": request.user, "expires": expires}
    return ResolvedSerializer(values, context=context).data
