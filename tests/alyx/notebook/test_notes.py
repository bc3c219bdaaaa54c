"""Notes: written by those who may, with pictures drawn anew, and no code of others on a page."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from bregma.alyx.actions.models import Session
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.markdown import render_markdown
from bregma.alyx.notebook.models import Comment
from bregma.alyx.notebook.notes import images
from bregma.alyx.notebook.notes.services import change_note, delete_note, write_note, write_notes
from bregma.alyx.notebook.sessions.services import remove_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.alyx.factories import World

    Visit = Callable[[str], Client]

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def photo() -> BytesIO:
    """Return a JPEG as a phone makes it: lying, with place and maker."""
    image = Image.new("RGB", (60, 30), "blue")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = "Secret Camera"
    exif.get_ifd(GPS)[1] = "N"
    file = BytesIO()
    image.save(file, "JPEG", exif=exif, comment=b"at home")
    file.seek(0)
    return file


def test_a_photograph_loses_its_place_and_stands_upright(world: World) -> None:
    note = write_note(world.subject, "", photo(), by=world.people["alice"])
    with Image.open(note.image.path) as kept:
        assert kept.size == (30, 60)
        assert dict(kept.getexif()) == {}
        assert "comment" not in kept.info
    content = Path(note.image.path).read_bytes()
    assert b"Secret Camera" not in content
    assert b"at home" not in content


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_keep_their_kind_and_have_a_thumbnail(world: World, picture: Any, uploads: Path, kind: str) -> None:
    note = write_note(world.subject, "", picture(kind, (1200, 900)), by=world.people["alice"])
    with Image.open(note.image.path) as kept, Image.open(uploads / images.thumbnail_name(note.image.name)) as small:
        assert (kept.format, kept.size) == (kind, (1200, 900))
        assert small.size == (480, 360)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_are_kept(world: World, mode: str) -> None:
    file = BytesIO()
    Image.new(mode, (8, 8)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    file.seek(0)
    assert write_note(world.subject, "", file, by=world.people["alice"]).image


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("content", [SVG, b"GIF89a\x01\x00\x01\x00", b"<html>", b"", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(ValidationError, match="PNG, JPEG or WebP"):
        write_note(world.subject, "x", BytesIO(content), by=world.people["alice"])
    assert not Note.objects.exists()


def test_a_page_hidden_behind_a_picture_is_drawn_away(world: World, picture: Any) -> None:
    content = picture().read() + b"<script>alert(1)</script>"
    note = write_note(world.subject, "", SimpleUploadedFile("x.html", content), by=world.people["alice"])
    assert note.image.name.endswith(".png")
    assert b"script" not in Path(note.image.path).read_bytes()


def test_a_picture_that_would_fill_the_memory_is_refused(
    world: World, picture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MOST_PIXELS", 100)
    with pytest.raises(ValidationError, match="pixels"):
        write_note(world.subject, "", picture(size=(20, 20)), by=world.people["alice"])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(ValidationError):
        write_note(world.subject, "", picture(size=(20, 20)), by=world.people["alice"])


def test_a_large_file_is_refused(world: World, picture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_BYTES", 20)
    with pytest.raises(ValidationError, match="MB"):
        write_note(world.subject, "", picture(), by=world.people["alice"])


def test_several_pictures_are_several_notes_or_none(world: World, picture: Any, uploads: Path) -> None:
    alice = world.people["alice"]
    notes = write_notes(world.session, "words", [picture(), picture("JPEG")], by=alice)
    assert [note.text for note in notes] == ["words", ""]
    with pytest.raises(ValidationError):
        write_notes(world.session, "more", [picture(), BytesIO(b"no")], by=alice)
    assert Note.objects.count() == 2


def test_an_empty_note_is_refused(world: World) -> None:
    with pytest.raises(ValidationError, match="Write something"):
        write_note(world.subject, "  ", by=world.people["alice"])


@pytest.mark.parametrize(("name", "may"), [("alice", True), ("bob", True), ("dora", True), ("charlie", False)])
def test_those_who_keep_the_animal_write_notes(world: World, name: str, may: bool) -> None:
    if may:
        assert write_note(world.subject, "x", by=world.people[name]).user == world.people[name]
    else:
        with pytest.raises(PermissionDenied):
            write_note(world.subject, "x", by=world.people[name])


def test_only_the_author_changes_and_deletes(
    world: World, picture: Any, uploads: Path, django_capture_on_commit_callbacks: Any
) -> None:
    note = write_note(world.subject, "x", picture(), by=world.people["alice"])
    for write in (lambda by: change_note(note, "y", by=by), lambda by: delete_note(note, by=by)):
        with pytest.raises(PermissionDenied, match="alice wrote"):
            write(world.people["bob"])
    change_note(note, "y", by=world.people["alice"])
    with django_capture_on_commit_callbacks(execute=True):
        delete_note(note, by=world.people["alice"])
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


def test_a_deleted_session_leaves_no_words(world: World) -> None:
    note = write_note(world.session, "x", by=world.people["alice"])
    Comment.objects.create(
        user=world.people["bob"],
        text="y",
        object_id=note.pk,
        content_type=ContentType.objects.get_for_model(Note),
    )
    remove_session(world.session, by=world.people["alice"])
    assert not Session.objects.exists()
    assert not Note.objects.exists()
    assert not Comment.objects.exists()


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHN)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "| a |\n|:-:|\n| <b onclick=x> |",
    "[x]: javascript:alert(1)\n[x]",
    "```<script>\nx\n```",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_markdown_holds_no_code(text: str) -> None:
    shown = render_markdown(text).lower()
    for part in (
        "<script",
        "<img",
        "<b ",
        'href="javascript',
        'href="data',
        'href="vb',
        'href="//',
        "style=",
        " onerror=alert(1)>",
    ):
        assert part not in shown or f"&lt;{part[1:]}" in shown


def test_markdown_is_written_as_html() -> None:
    shown = render_markdown("# Day\n\n**bold** [link](https://a.example)\n\n- one")
    assert "<h4>Day</h4>" in shown
    assert "<strong>bold</strong>" in shown
    assert 'rel="nofollow noopener noreferrer"' in shown
    assert "<li>one</li>" in shown


def test_a_text_as_long_as_a_book_is_shown_as_it_is() -> None:
    assert render_markdown("> " * 60_000).startswith("<p>&gt;")


def test_the_picture_is_sent_to_readers_only_and_as_a_picture(visit: Visit, world: World, picture: Any) -> None:
    note = write_note(world.session, "", picture(), by=world.people["alice"])
    for url in (reverse("note-image", args=[note.pk]), f"/uploaded/{note.image.name}"):
        answer = visit("charlie").get(url)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        b"".join(answer.streaming_content)
        assert visit("visitor").get(url).status_code == 404
        assert visit("anonymous").get(url).status_code in (302, 403)
    thumb = visit("bob").get(f"{reverse('note-image', args=[note.pk])}?size=thumb")
    assert b"".join(thumb.streaming_content).startswith(b"\x89PNG")


def test_clients_of_rest_get_the_picture_by_token(client_of: Any, world: World, picture: Any) -> None:
    note = write_note(world.session, "", picture(), by=world.people["alice"])
    answer = client_of("bob").get(f"/uploaded/{note.image.name}")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert client_of("visitor").get(f"/uploaded/{note.image.name}").status_code == 404


@pytest.mark.parametrize("path", ["../settings.py", "..%2f..%2fetc/passwd", "2024/01/01/x.png"])
def test_no_path_leads_out_of_the_folder(visit: Visit, world: World, path: str) -> None:
    assert visit("alice").get(f"/uploaded/{path}").status_code == 404


def test_a_file_of_another_kind_is_sent_to_be_saved(visit: Visit, world: World, uploads: Path) -> None:
    (uploads / "2020").mkdir(parents=True)
    (uploads / "2020" / "old.svg").write_bytes(SVG)
    kind = ContentType.objects.get_for_model(Session)
    note = Note.objects.create(content_type=kind, object_id=world.session.pk, image="2020/old.svg")
    answer = visit("alice").get(reverse("note-image", args=[note.pk]))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"]
    b"".join(answer.streaming_content)


def test_the_form_writes_notes_with_pictures(visit: Visit, world: World, picture: Any) -> None:
    url = reverse("note-write", args=["session", world.session.pk])
    answer = visit("bob").post(url, {"text": "two", "images": [picture(), picture("WEBP")]})
    assert answer.status_code == 302
    assert Note.objects.filter(user=world.people["bob"]).count() == 2
    assert visit("charlie").post(url, {"text": "x"}).status_code == 403
    refused = visit("bob").post(url, {"text": "", "images": [SimpleUploadedFile("x.png", b"nope")]})
    assert refused.status_code == 422
    assert b"PNG, JPEG or WebP" in refused.content


def test_rest_keeps_notes_as_clients_send_them(client_of: Any, world: World, picture: Any) -> None:
    alice = client_of("alice")
    posted = {"user": "alice", "content_type": "actions.session", "object_id": str(world.session.pk), "text": "t"}
    answer = alice.post("/notes", {**posted, "image": picture(size=(900, 300)), "width": 300}, format="multipart")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["content_type"] == "actions.session"
    assert "/uploaded/" in made["image"]
    with Image.open(Note.objects.get().image.path) as kept:
        assert kept.size == (300, 100)
    key = made["id"]
    assert alice.patch(f"/notes/{key}", {"text": "changed"}, format="json").json()["text"] == "changed"
    assert client_of("bob").patch(f"/notes/{key}", {"text": "x"}, format="json").status_code == 403
    assert client_of("visitor").get(f"/notes/{key}").status_code == 404
    found = client_of("bob").get(f"/notes?django=object_id,{world.session.pk}").json()["results"]
    assert [row["id"] for row in found] == [key]
    assert alice.delete(f"/notes/{key}").status_code == 204


@pytest.mark.parametrize(
    "wrong", [{"content_type": "user"}, {"width": "wide"}, {"object_id": "x"}, {"text": ""}, {"user": "bob"}]
)
def test_rest_refuses_notes_that_cannot_be(client_of: Any, world: World, wrong: dict[str, str]) -> None:
    posted = {"user": "alice", "content_type": "subject", "object_id": str(world.subject.pk), "text": "t", **wrong}
    assert client_of("alice").post("/notes", posted, format="json").status_code in (400, 403)
