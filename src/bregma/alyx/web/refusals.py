"""Says on a form, or in a message, why a service refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError

from bregma.alyx.errors import AlyxError
from bregma.alyx.web.database import words_of_database

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest


def saved(form: forms.BaseForm, write: Callable[[], Any]) -> bool:
    """Write, or tell the form why that was refused."""
    try:
        write()
    except (PermissionDenied, AlyxError) as refused:
        form.add_error(None, str(refused))
    except ValidationError as refused:
        add_refusal(form, refused)
    except (IntegrityError, DataError) as refused:
        form.add_error(None, words_of_database(refused))
    return not form.errors


def done(request: HttpRequest, write: Callable[[], Any], words: str = "") -> bool:
    """Write and say so, or say why that was refused; without words, those that writing returns."""
    try:
        said = write()
    except (PermissionDenied, AlyxError) as refused:
        messages.error(request, str(refused))
        return False
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return False
    except (IntegrityError, DataError) as refused:
        messages.error(request, words_of_database(refused))
        return False
    messages.success(request, words or said)
    return True


def add_refusal(form: forms.BaseForm, refused: ValidationError) -> None:
    """Show what a service refused beside the fields that it names, or above the form."""
    by_field = getattr(refused, "error_dict", None) or {None: refused.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)
