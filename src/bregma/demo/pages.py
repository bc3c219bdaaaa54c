"""Whether the pages of the demo lab answer a visitor, and the picture of the brain was drawn."""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING

from bregma.demo.checks import RAW_MOUSE, SPIKES_MOUSE, TRAINED_MOUSE, Check, run_check
from bregma.demo.errors import ReplayFailed

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from bregma.one import ONE

SMALLEST_PICTURE = 20_000  # bytes; an empty one is compressed to less
_PNG = b"\x89PNG\r\n\x1a\n"


def check_pages(one: ONE, sign_in: str, viewer_url: str | None = None) -> list[Check]:
    """Sign in by link as the visitor does, and open the pages.

    Parameters
    ----------
    one : ONE
        Finds the sessions whose pages are opened.
    sign_in : str
        A link that signs in once.
    viewer_url : str, optional
        Page of the brain.

    Returns
    -------
    list of Check
        One per page.
    """
    import httpx

    with httpx.Client(base_url=one.alyx.base_url, follow_redirects=True, timeout=30) as visitor:
        checks = [run_check("the link signs in", lambda: _open(visitor, sign_in, "demolab"))]
        pages = {f"/results/subjects/{mouse}": mouse for mouse in (TRAINED_MOUSE, RAW_MOUSE, SPIKES_MOUSE)}
        for mouse in (TRAINED_MOUSE, RAW_MOUSE, SPIKES_MOUSE):
            pages[f"/results/sessions/{one.search(subject=mouse)[0]}"] = mouse
        pages["/admin/"] = "admin"
        checks += [run_check(f"page {path}", partial(_open, visitor, path, text)) for path, text in pages.items()]
        if viewer_url:
            checks.append(run_check("page of the brain", lambda: _open(visitor, viewer_url, "<html")))
    return checks


def check_picture(path: Path) -> Check:
    """Look whether the picture of the brain is a PNG that shows something."""
    return run_check("the brain is drawn", lambda: _look_at(path))


def _open(visitor: httpx.Client, url: str, text: str) -> str:
    import httpx

    try:
        answer = visitor.get(url)
    except httpx.HTTPError as error:
        raise ReplayFailed(f"{url} does not answer ({error}); look at the server's log") from error
    if answer.status_code != 200 or text.lower() not in answer.text.lower():
        raise ReplayFailed(f"{url} answers {answer.status_code} at {answer.url}, without {text!r}")
    return f"{len(answer.content) / 1e3:.0f} kB"


def _look_at(path: Path) -> str:
    data = path.read_bytes()
    if not data.startswith(_PNG) or len(data) < SMALLEST_PICTURE:
        raise ReplayFailed(f"{path} is not a picture that shows something ({len(data)} bytes); draw it again")
    width, height = struct.unpack(">II", data[16:24])
    return f"{width} × {height} pixels"
