"""The OpenAPI document, in the shape that ONE reads."""

from __future__ import annotations

from typing import Any

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView


class SchemaView(SpectacularAPIView):
    """The document of all endpoints, as JSON or YAML; every account may read it."""

    renderer_classes: Any = (OpenApiJsonRenderer, OpenApiYamlRenderer, OpenApiJsonRenderer2)
