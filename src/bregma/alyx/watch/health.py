"""Whether the process lives, and whether it can work: for whoever starts, stops and balances servers."""

from __future__ import annotations

import logging
import tempfile
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Say that the process lives; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the server can work; why not is in the log only."""
    missing = what_is_missing()
    if missing is None:
        return JsonResponse({"status": "ready"})
    logger.error("not ready: %s", missing)
    return JsonResponse({"status": "not ready"}, status=503, headers={"Retry-After": "5"})


def what_is_missing() -> str | None:
    """Return what the server needs and has not: the database, its migrations, a store that can be written."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrations.are_applied():
            return "migrations are not applied; run `bregma up`, or django-admin migrate"
    except DatabaseError as error:
        return f"the database does not answer: {error}"
    try:
        with tempfile.TemporaryFile(dir=settings.HOME.store):
            return None
    except OSError as error:
        return f"the store at {settings.HOME.store} cannot be written: {error.strerror}"


class _Migrations:
    """Remembers, per process, that all migrations were applied: reading them costs a tenth of a second."""

    applied = False

    def are_applied(self) -> bool:
        if not self.applied:
            executor = MigrationExecutor(connection)
            self.applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.applied


_migrations = _Migrations()
