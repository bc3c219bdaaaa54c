"""Answers with the description of the API: OpenAPI for clients, core-API for old ones, a page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from bregma.alyx.api.schema import core
from bregma.alyx.api.schema.document import Written, write_json, write_yaml
from bregma.alyx.api.schema.page import describe_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase
    from rest_framework.request import Request


class SchemaView(APIView):
    """The OpenAPI document of all endpoints: YAML, or JSON for who asks for it. Anybody may read it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes: Any = (OpenApiYamlRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiJsonRenderer2)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Return the document, or 304 to who has it."""
        media_type = str(request.accepted_renderer.media_type)
        found = write_json() if "json" in media_type else write_yaml()
        return _send(request._request, found, media_type)


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponseBase:
    """Show the page of the API, or send the core-API document to a client that asks for that."""
    if request.get_preferred_type(["text/html", core.MEDIA_TYPE]) != core.MEDIA_TYPE:
        response: HttpResponseBase = render(request, "web/api_docs.html", describe_page())
    else:
        response = _send(request, core.write_core(), core.MEDIA_TYPE)
    patch_vary_headers(response, ["Accept"])
    return response


def _send(request: HttpRequest, found: Written, media_type: str) -> HttpResponseBase:
    response = HttpResponse(found.body, content_type=media_type)
    response.headers["ETag"] = found.etag
    response.headers["Cache-Control"] = "no-cache"  # it may be kept, and is asked for again by its tag
    answer: HttpResponseBase | None = get_conditional_response(request, etag=found.etag, response=response)
    return answer or response
