"""The addresses of what this server answers beyond Alyx."""

from __future__ import annotations

from django.urls import path

from bregma.alyx.api.modern.query_api import QueryView
from bregma.alyx.api.modern.resolve_api import ResolveView

urlpatterns = [
    path("query/<str:endpoint>", QueryView.as_view(), name="query"),
    path("resolve", ResolveView.as_view(), name="resolve"),
]
