"""Figures of the server, for Prometheus; several processes write theirs into one folder and any of them answers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView

if TYPE_CHECKING:
    from rest_framework.request import Request

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

REQUESTS = Counter("bregma_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("bregma_request_seconds", "Time to answer.", ["method", "route"], buckets=BUCKETS)
QUERIES = Counter("bregma_database_queries", "Queries to the database.", ["route"])
DATABASE = Counter("bregma_database_seconds", "Time in the database.", ["route"])
REGISTERED = Counter("bregma_registered_files", "Files registered by POST /register-file.")
THROTTLED = Counter("bregma_throttled_requests", "Requests refused because they came too often.", ["route"])


@dataclass(frozen=True, slots=True)
class Answer:
    """One request that was answered."""

    method: str
    route: str
    status: int
    seconds: float
    queries: int
    database_seconds: float


def count_request(answer: Answer) -> None:
    """Count one request that was answered."""
    REQUESTS.labels(answer.method, answer.route, str(answer.status)).inc()
    SECONDS.labels(answer.method, answer.route).observe(answer.seconds)
    if answer.queries:
        QUERIES.labels(answer.route).inc(answer.queries)
        DATABASE.labels(answer.route).inc(answer.database_seconds)
    if answer.status == 429:
        THROTTLED.labels(answer.route).inc()


def count_registered(files: int) -> None:
    """Count files that were registered."""
    REGISTERED.inc(files)


class MayWatch(BasePermission):
    """Administrators, whoever has the token of BREGMA_METRICS_TOKEN, and, without a proxy, this machine itself."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Judge who asks."""
        user: Any = request.user
        if user is not None and user.is_authenticated:
            return bool(user.is_active and user.is_superuser)
        return _has_token(request) or _is_this_machine(request)


@extend_schema(exclude=True)
class MetricsView(APIView):
    """The figures of all web processes together."""

    permission_classes = (MayWatch,)
    throttle_classes = ()

    def get(self, request: Request) -> HttpResponse:
        """Return the figures as Prometheus reads them."""
        registry = REGISTRY
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: Request) -> bool:
    wanted = settings.BREGMA_METRICS_TOKEN
    given = request.META.get("HTTP_AUTHORIZATION", "")
    return bool(wanted) and compare_digest(given.encode(), f"Bearer {wanted}".encode())


def _is_this_machine(request: Request) -> bool:
    """Tell whether the request comes from this machine; behind a proxy all of them seem to."""
    if settings.REST_FRAMEWORK["NUM_PROXIES"] or any(name in request.META for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
