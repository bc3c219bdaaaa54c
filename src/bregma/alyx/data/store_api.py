"""The bytes of datasets over HTTP: GET and HEAD with ranges, PUT checked against what was registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import http_date, quote_etag
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alf import ALFPath
from bregma.alyx import policy
from bregma.alyx.access.authentication import AnyToken
from bregma.alyx.api.basic import PasswordAuthentication
from bregma.alyx.data.addresses import is_own_store, lab_of
from bregma.alyx.data.download_links import SIGNATURE, open_link
from bregma.alyx.data.models import FileRecord
from bregma.alyx.data.own_store import local_store
from bregma.alyx.data.ranges import asked_range
from bregma.alyx.data.services import mark_received
from bregma.alyx.errors import InvalidRequest
from bregma.store import HashMismatch, Range, check_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponseBase
    from rest_framework.request import Request

    from bregma.store import Entry

CHUNK = 1 << 20


class LinkAuthentication(BaseAuthentication):
    """A link that was signed for a person stands for them, to read the one file that it names."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the person; None where the request has no signature, or writes."""
        if request.method not in SAFE_METHODS or SIGNATURE not in request.query_params:
            return None
        return (open_link(request.parser_context["kwargs"]["key"], request.query_params), None)


class StoreView(APIView):
    """One file of this installation's store, under ``lab/Subjects/subject/date/number/.../name.uuid.ext``."""

    authentication_classes = (PasswordAuthentication, LinkAuthentication, AnyToken, SessionAuthentication)
    throttle_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """Send the file, or the range that is asked for."""
        return _send(request, _readable_record(request, key), key)

    @extend_schema(exclude=True)
    def put(self, request: Request, key: str) -> Response:
        """Keep the bytes of a registered file, if they are those that were registered."""
        record = _readable_record(request, key)
        dataset = record.dataset
        if not policy.may_write(request.user, dataset):
            raise PermissionDenied(f"{request.user} may not write {dataset.name} of {dataset.session}")
        if not dataset.hash or dataset.file_size is None:
            raise InvalidRequest(f"{key} is registered without size or md5; register it again with both, then send it")
        _check_length(request, key, dataset.file_size)
        entry = local_store().put(key, _body(request), size=dataset.file_size, md5=dataset.hash)
        mark_received(record)
        return Response({"key": entry.key, "size": entry.size, "md5": dataset.hash}, status=201)


def _readable_record(request: Request, key: str) -> FileRecord:
    """Find the file record that a key stands for, if the person may see its dataset."""
    place = _place(key)
    rows = FileRecord.objects.select_related(
        "data_repository", "dataset__session__lab", "dataset__session__subject__responsible_user"
    ).filter(dataset=place.dataset, relative_path=place.relative_path)
    records = [row for row in policy.readable(request.user, rows) if is_own_store(row.data_repository)]
    found = next((row for row in records if lab_of(row.dataset) == place.lab), None)
    if found is None:
        raise Http404(f"no registered file {key}; register it first: POST /register-file")
    return found


class Place(NamedTuple):
    """What a key says: the lab, the path without uuid, and the dataset."""

    lab: str
    relative_path: str
    dataset: Any


def _place(key: str) -> Place:
    parts = check_key(key).split("/", 2)
    path = ALFPath(parts[-1])
    if len(parts) < 3 or parts[1] != "Subjects" or path.uuid is None:
        raise Http404(f"{key} is no file of this store: lab/Subjects/subject/date/number/.../name.uuid.ext")
    return Place(parts[0], path.without_uuid().as_posix(), path.uuid)


def _send(request: Request, record: FileRecord, key: str) -> HttpResponseBase:
    store = local_store()
    entry = store.stat(key)
    etag = quote_etag(record.dataset.hash or "") if record.dataset.hash else ""
    if etag and request.headers.get("If-None-Match") in (etag, "*"):
        return _with_headers(HttpResponse(status=304), entry, etag)
    part = asked_range(request, etag, entry.size)
    if isinstance(part, HttpResponse):
        return part
    start, stop = (part.start, part.stop) if part else (0, entry.size)
    status = 206 if part else 200
    chunks = store.read(key, start, stop)
    response: HttpResponseBase = (
        HttpResponse(status=status) if request.method == "HEAD" else StreamingHttpResponse(chunks, status=status)
    )
    return _with_headers(response, entry, etag, part=part, length=stop - start)


def _with_headers(
    response: HttpResponseBase, entry: Entry, etag: str, *, part: Range | None = None, length: int | None = None
) -> HttpResponseBase:
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Last-Modified"] = http_date(entry.modified.timestamp())
    response.headers["Cache-Control"] = "private, no-cache"
    if etag:
        response.headers["ETag"] = etag
    if part:
        response.headers["Content-Range"] = part.content_range
    if length is not None:
        response.headers["Content-Length"] = str(length)
        response.headers["Content-Type"] = "application/octet-stream"
        name = entry.key.rsplit("/", 1)[-1]
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _check_length(request: Request, key: str, size: int) -> None:
    """Refuse a body that is announced as far longer than registered, before it fills the disk."""
    if request.headers.get("Transfer-Encoding"):
        raise InvalidRequest(f"{key} came in chunks without a length; send it with Content-Length")
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > size + CHUNK:
        raise HashMismatch(f"{key} is registered with {size} bytes, {announced} are announced; register it anew")


def _body(request: Request) -> Iterator[bytes]:
    """Read the body as it arrives, a chunk at a time."""
    raw = request._request
    while chunk := raw.read(CHUNK):
        yield chunk
