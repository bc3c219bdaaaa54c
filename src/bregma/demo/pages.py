"""Whether the pages of the lab show what was registered and analysed, as a signed-in visitor sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx

from bregma.demo.checks import RAW_MOUSE, SPIKES_MOUSE, TRAINED_MOUSE, Check, run_check
from bregma.demo.errors import ReplayFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bregma.one import ONE

TIMEOUT_SECONDS = 30.0
SMALLEST_SPREAD = 0.01


def check_pages(one: ONE, sign_in_link: str, viewer_url: str) -> list[Check]:
    """Sign in by the link and look at each kind of page and at the data of its charts.

    Parameters
    ----------
    one : ONE
        Signed in; finds the sessions to look at.
    sign_in_link : str
        A link that was not used yet.
    viewer_url : str
        Address of the brain's page.

    Returns
    -------
    list of Check
        One per kind of page; a failure names the address.
    """
    base = sign_in_link.split("/sign-in/")[0]
    with httpx.Client(base_url=base, follow_redirects=True, timeout=TIMEOUT_SECONDS) as browser:
        looks: dict[str, Callable[[], str]] = {
            "the visitor signs in by link": lambda: sign_in(browser, sign_in_link),
            "the overview names the mice": lambda: find_words(browser, "/", TRAINED_MOUSE, RAW_MOUSE, SPIKES_MOUSE),
            "the page of a mouse has its charts": lambda: find_charts(browser, f"/results/subjects/{TRAINED_MOUSE}"),
            "the page of a training session has its charts": lambda: find_charts(browser, _session(one, RAW_MOUSE)),
            "the page of a recording has its charts": lambda: find_charts(browser, _session(one, SPIKES_MOUSE)),
            "the admin opens": lambda: find_words(browser, "/admin/", "Subjects"),
            "the brain's page opens": lambda: find_words(browser, viewer_url, "<html"),
        }
        return [run_check(name, look) for name, look in looks.items()]


def sign_in(browser: httpx.Client, link: str) -> str:
    """Open the link and press its button."""
    page = _get(browser, link)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise ReplayFailed(f"{link} shows no button to sign in with")
    answer = browser.post(link, data={"csrfmiddlewaretoken": token[1]}, headers={"Referer": link})
    if answer.status_code != httpx.codes.OK or "sessionid" not in browser.cookies:
        raise ReplayFailed(f"{link} did not sign in: {answer.status_code}")
    return "signed in"


def find_words(browser: httpx.Client, address: str, *words: str) -> str:
    """Open a page and look for words on it."""
    page = _get(browser, address)
    missing = [word for word in words if word not in page]
    if missing:
        raise ReplayFailed(f"{address} does not show {', '.join(missing)}")
    return address


def find_charts(browser: httpx.Client, address: str) -> str:
    """Open a page and fetch the data of every chart on it."""
    sources = re.findall(r'data-src="([^"]+)"', _get(browser, address))
    if not sources:
        raise ReplayFailed(f"{address} has no chart")
    for source in sources:
        _get(browser, source.replace("&amp;", "&"))
    return f"{address}: {len(sources)} charts"


def _session(one: ONE, subject: str) -> str:
    return f"/results/sessions/{one.search(subject=subject)[0]}"


def _get(browser: httpx.Client, address: str) -> str:
    try:
        answer = browser.get(address)
    except httpx.HTTPError as error:
        raise ReplayFailed(f"{address} does not answer: {error}") from error
    if answer.status_code != httpx.codes.OK:
        raise ReplayFailed(f"{address} answers {answer.status_code}: {_words(answer)}")
    return answer.text


def _words(answer: httpx.Response) -> Any:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:200]


def check_picture(path: Path) -> Check:
    """Look whether the picture of the brain shows something."""

    def look() -> str:
        from matplotlib.image import imread

        colours = imread(path)[..., :3]
        spread = float(colours.std())
        if spread < SMALLEST_SPREAD:
            raise ReplayFailed(f"{path} is blank; draw it again with bregma view --out {path}")
        return f"{path}, {colours.shape[1]}x{colours.shape[0]}"

    return run_check("the picture of the brain shows something", look)
