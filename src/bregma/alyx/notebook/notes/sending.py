"""Sends the pictures of notes: as pictures, never as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from bregma.alyx.notebook.notes.images import content_type_of, thumbnail_name

if TYPE_CHECKING:
    from bregma.alyx.misc.models import Note


def send_picture(found: Note, *, small: bool) -> FileResponse:
    """Send a file as the kind of picture that its name says, never as a page."""
    name = found.image.name if found.image else ""
    if not name or not default_storage.exists(name):
        raise Http404("this note has no picture, or its file is lost")
    content_type = content_type_of(name)
    chosen = thumbnail_name(name) if small and default_storage.exists(thumbnail_name(name)) else name
    answer = FileResponse(
        default_storage.open(chosen, "rb"),
        content_type=content_type or "application/octet-stream",
        as_attachment=content_type is None,
        filename=f"note-{found.pk}.{name.rpartition('.')[2]}" if content_type else "picture.bin",
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
