"""The file of results, and what was read from it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing

from bregma.alyx.colony.genotyping.services import Result
from bregma.alyx.errors import InvalidRequest

SALT = "bregma.alyx.colony.genotyping"
AN_HOUR = 3600


class FileForm(forms.Form):
    """A table as CSV."""

    file = forms.FileField(
        label="Table (CSV)",
        help_text="A row per animal with a column for each sequence, + or -; or columns subject, sequence, result.",
    )


def seal(results: tuple[Result, ...]) -> str:
    """Write results so that only this server can have written them, for the page that asks for confirmation."""
    rows = [(str(one.subject), str(one.sequence), one.present) for one in results]
    sealed: str = signing.dumps(rows, salt=SALT, compress=True)
    return sealed


def unseal(text: str) -> list[Result]:
    """Return the results of :func:`seal`.

    Raises
    ------
    InvalidRequest
        If the text was changed, or is older than an hour.
    """
    from uuid import UUID

    try:
        rows: list[Any] = signing.loads(text, salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as error:
        raise InvalidRequest("this preview is too old or incomplete; send the file again") from error
    return [Result(UUID(subject), UUID(sequence), bool(present)) for subject, sequence, present in rows]
