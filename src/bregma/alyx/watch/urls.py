"""The addresses that watch the server."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from bregma.alyx.watch.health import health, ready
from bregma.alyx.watch.metrics import MetricsView

urlpatterns = [
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", login_not_required(MetricsView.as_view()), name="metrics"),
]
