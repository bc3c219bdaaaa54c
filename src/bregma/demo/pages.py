"""Whether the pages show what was entered and analysed, as a signed-in visitor sees them, and the brain was drawn."""

from __future__ import annotations

import re
import struct
from html import unescape
from typing import TYPE_CHECKING

from bregma.demo.checks import N_SITES, N_UNITS, RAW_MOUSE, SPIKES_MOUSE, TRAINED_MOUSE, Check, run_check
from bregma.demo.colony import LAB, LITTER, ON_WATER
from bregma.demo.errors import ReplayFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from bregma.one import ONE

TIMEOUT_SECONDS = 30.0
DRAWING_SECONDS = 120.0
SMALLEST_PICTURE = 20_000  # bytes; an empty one is compressed to less
N_PLACED_OF_MOUSE = 4
_PNG = b"\x89PNG\r\n\x1a\n"


def check_pages(one: ONE, sign_in_link: str, viewer_url: str) -> list[Check]:
    """Sign in by the link and look at each kind of page and at the data of its charts.

    Parameters
    ----------
    one : ONE
        Signed in; finds the sessions to look at.
    sign_in_link : str
        A link that was not used yet.
    viewer_url : str
        Address of the brain's page; empty where the machine cannot draw one.

    Returns
    -------
    list of Check
        One per kind of page; a failure names the address.
    """
    import httpx

    with httpx.Client(base_url=one.alyx.base_url, follow_redirects=True, timeout=TIMEOUT_SECONDS) as visitor:
        looks: dict[str, Callable[[], str]] = {
            "the visitor signs in by link": lambda: sign_in(visitor, sign_in_link),
            "the overview names the lab": lambda: find_words(visitor, "/", LAB),
            "the list of subjects finds the mouse": lambda: find_words(
                visitor, f"/results/subjects/?search={TRAINED_MOUSE}", TRAINED_MOUSE, "1 subject"
            ),
            "the page of a mouse has its charts": lambda: find_charts(visitor, f"/results/subjects/{TRAINED_MOUSE}"),
            "the page of a training session has its charts": lambda: find_charts(visitor, _session(one, RAW_MOUSE)),
            "the page of a recording has its charts": lambda: find_charts(visitor, _session(one, SPIKES_MOUSE)),
            "the brain of a mouse has its probes": lambda: find_brain(
                visitor, f"/results/subjects/{TRAINED_MOUSE}/brain", f"{N_PLACED_OF_MOUSE} probes"
            ),
            "regions are counted over all sessions": lambda: find_words(
                visitor, "/results/regions/sites?mapping=Cosmos", f"{N_SITES} recording sites", "Hippocampal formation"
            ),
            "units have a page by region": lambda: find_words(visitor, "/results/regions/rate", f"{N_UNITS} units"),
            "the page of the day has mice to weigh": lambda: find_words(visitor, "/today/", *ON_WATER),
            "the colony has a litter to wean": lambda: find_words(visitor, "/colony/litters/", LITTER),
            "the admin lists sessions": lambda: find_words(visitor, "/admin/actions/session/", TRAINED_MOUSE),
        }
        if viewer_url:
            looks["the brain's page opens"] = lambda: find_words(visitor, viewer_url, "<html")
        return [run_check(name, look) for name, look in looks.items()]


def sign_in(visitor: httpx.Client, link: str) -> str:
    """Open the link and press its button."""
    form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', _get(visitor, link))
    if form is None:
        raise ReplayFailed("the sign-in link shows no button; was it used before?")
    answer = visitor.post(link, data={"csrfmiddlewaretoken": form[1]}, headers={"Referer": link})
    if "sessionid" not in visitor.cookies:
        raise ReplayFailed(f"the sign-in link did not sign in: {answer.status_code}")
    return "signed in"


def find_words(visitor: httpx.Client, address: str, *words: str) -> str:
    """Open a page and look for words on it."""
    page = _get(visitor, address)
    missing = [word for word in words if word not in page]
    if missing:
        raise ReplayFailed(f"{address} does not show {', '.join(missing)}")
    return address


def find_charts(visitor: httpx.Client, address: str) -> str:
    """Open a page and fetch the data of every chart on it."""
    sources = re.findall(r'data-src="([^"]+)"', _get(visitor, address))
    if not sources:
        raise ReplayFailed(f"{address} has no chart")
    for source in sources:
        _get(visitor, unescape(source))
    return f"{address}: {len(sources)} charts"


def find_brain(visitor: httpx.Client, address: str, *words: str) -> str:
    """Open a page of the brain, look for words on it, and at its picture where the server has an atlas."""
    find_words(visitor, address, *words)
    drawn = re.findall(r'class="brain" src="([^"]+)"', _get(visitor, address))
    for source in drawn:
        picture = visitor.get(unescape(source), timeout=DRAWING_SECONDS)
        if not picture.content.startswith(_PNG):
            raise ReplayFailed(f"{source} answers {picture.status_code} and no picture; look at the server's log")
    return f"{address}: {'drawn' if drawn else 'no atlas on this machine, so no picture'}"


def check_picture(path: Path) -> Check:
    """Look whether the picture of the brain is a PNG that shows something."""
    return run_check("the brain is drawn", lambda: _look_at(path))


def _session(one: ONE, subject: str) -> str:
    return f"/results/sessions/{one.search(subject=subject)[0]}"


def _get(visitor: httpx.Client, address: str) -> str:
    """Return a page, refusing the log-in page in its stead."""
    import httpx

    try:
        answer = visitor.get(address)
    except httpx.HTTPError as error:
        raise ReplayFailed(f"{address} does not answer ({error}); look at the server's log") from error
    if answer.status_code != httpx.codes.OK:
        raise ReplayFailed(f"{address} answers {answer.status_code}; look at the server's log")
    if "/login" in str(answer.url):
        raise ReplayFailed(f"{address} asks to log in")
    return answer.text


def _look_at(path: Path) -> str:
    data = path.read_bytes()
    if not data.startswith(_PNG) or len(data) < SMALLEST_PICTURE:
        raise ReplayFailed(f"{path} is not a picture that shows something ({len(data)} bytes); draw it again")
    width, height = struct.unpack(">II", data[16:24])
    return f"{width} × {height} pixels"
