"""What a service or the database refused, in words for a form or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError

from bregma.alyx.errors import AlyxError
from bregma.alyx.web.refusals import add_refusal

if TYPE_CHECKING:
    from django import forms

REFUSALS = (ValidationError, PermissionDenied, AlyxError, IntegrityError, DataError)
"""What writing a row may raise because of the row, not because of a fault."""


class WriteRefused(AlyxError):
    """A row was not written, for a reason that the person at the form is told.

    Parameters
    ----------
    cause : Exception
        One of REFUSALS.
    key
        Of the row, where one of several in a list was refused.
    """

    def __init__(self, cause: Exception, key: Any = None) -> None:
        super().__init__(" ".join(words_of(cause)))
        self.cause, self.key = cause, key

    def tell(self, form: forms.BaseForm) -> None:
        """Show the reason beside the fields that it names, or above the form."""
        if isinstance(self.cause, ValidationError):
            add_refusal(form, self.cause)
        else:
            form.add_error(None, words_of(self.cause))


def words_of(cause: Exception) -> list[str]:
    """Say why a row was refused, each reason by itself."""
    if isinstance(cause, ValidationError):
        return list(cause.messages)
    if isinstance(cause, ProtectedError):
        return [_in_use(cause.protected_objects)]
    if isinstance(cause, RestrictedError):
        return [_in_use(cause.restricted_objects)]
    said = getattr(getattr(cause.__cause__, "diag", None), "message_primary", None)
    return [f"The database refused it: {said}" if said else str(cause) or "It was refused."]


def _in_use(rows: Any) -> str:
    named = sorted({f"{row._meta.verbose_name} {row}" for row in rows})
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"It is used by {', '.join(named[:3])}{more}; change those first."
