"""The form of a note: a text, and pictures chosen, pasted or dropped."""

from __future__ import annotations

from typing import Any

from django import forms

from bregma.alyx.notebook.notes.images import MOST_BYTES, MOST_PIXELS
from bregma.alyx.notebook.notes.services import MOST_IMAGES

MOST_CHARACTERS = 20_000


class PicturesInput(forms.FileInput):
    """A file box that takes several pictures."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures; the service reads them."""

    widget = PicturesInput(attrs={"accept": "image/png,image/jpeg,image/webp", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files that were sent."""
        sent = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(PicturesField, self).clean(one, initial) for one in sent]


class NoteForm(forms.Form):
    """A new note."""

    text = forms.CharField(
        label="Text",
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Markdown: **bold**, lists with “-”, [words](https://…). Pictures can be pasted here.",
    )
    images = PicturesField(
        label="Pictures",
        required=False,
        help_text=f"PNG, JPEG or WebP, {MOST_IMAGES} in one go, each up to {MOST_BYTES // 1024**2} MB and "
        f"{MOST_PIXELS // 10**6} megapixels. Place and camera are taken out.",
    )


class NoteTextForm(forms.Form):
    """A change of a note's text."""

    text = forms.CharField(
        label="Text", required=False, max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 8})
    )
