"""How the OpenAPI document describes streams: their rows are not in the envelope of a page."""

from __future__ import annotations

from typing import Any

from bregma.alyx.api.modern.streams import ArrowRenderer, LinesRenderer

STREAMED = {
    LinesRenderer.media_type: {"type": "string", "description": "One JSON object per line"},
    ArrowRenderer.media_type: {"type": "string", "format": "binary", "description": "Arrow IPC stream"},
}


def describe_streams(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give streams a schema of their own (a hook of drf-spectacular)."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                for kind in STREAMED.keys() & answer.get("content", {}).keys():
                    answer["content"][kind] = {"schema": STREAMED[kind]}
    return result
