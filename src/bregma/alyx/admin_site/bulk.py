"""What is done with many rows of a list at once: with all of them, or with none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import transaction

from bregma.alyx.admin_site.permissions import person_of
from bregma.alyx.admin_site.refusals import REFUSALS, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest

MOST_ROWS = 500


def with_each(words: str, write: Callable[[Any, Any], Any], *, done: str) -> Any:
    """Make an action that writes each row, as ``write(row, person)`` lets.

    Parameters
    ----------
    words
        What the action is called in the list.
    done
        What has become of the rows, such as "active".
    """

    def action(table: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = list(queryset[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            table.message_user(request, f"Choose up to {MOST_ROWS} rows at once.", messages.ERROR)
            return
        try:
            with transaction.atomic():
                for row in rows:
                    write(row, person_of(request))
        except REFUSALS as refused:
            table.message_user(request, f"Nothing was changed. {' '.join(words_of(refused))}", messages.ERROR)
            return
        kind = table.opts.verbose_name if len(rows) == 1 else table.opts.verbose_name_plural
        table.message_user(request, f"{len(rows)} {kind}: {done}.", messages.SUCCESS)

    action.__name__ = "".join(letter if letter.isalnum() else "_" for letter in words.lower())
    return admin.action(description=words, permissions=["change"])(action)


def setting(words: str, *, done: str, **values: Any) -> Any:
    """Make an action that gives each row the same values, by the service of its table."""

    def action(table: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        inner = with_each(words, lambda row, by: table.save_row(row, values, by), done=done)
        return inner(table, request, queryset)

    action.__name__ = "".join(letter if letter.isalnum() else "_" for letter in words.lower())
    return admin.action(description=words, permissions=["change"])(action)
