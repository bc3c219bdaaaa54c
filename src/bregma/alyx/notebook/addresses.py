"""Where the record of a row is, for links in lists, notices and search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from bregma.alyx.actions.models import OtherAction, Session, Surgery, VirusInjection
from bregma.alyx.misc.models import Note
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from django.db.models import Model

RECORDS: dict[type[Model], str] = {
    Subject: "subject",
    Session: "session",
    Surgery: "surgery",
    VirusInjection: "injection",
    OtherAction: "action",
    Note: "note",
}


def address_of(row: Model) -> str:
    """Return the path of the page of a row; empty where it has none."""
    for model, name in RECORDS.items():
        if isinstance(row, model):
            return reverse(name, args=[row.pk])
    return ""
