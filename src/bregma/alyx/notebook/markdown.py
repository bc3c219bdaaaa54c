"""Markdown as people write it in notes, made into HTML that holds no code of theirs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from bregma.alyx.notebook.mentions import MENTION, user_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from markdown_it.token import Token

MOST_CHARACTERS = 50_000
"""Longer texts are shown as they are written."""
NOWHERE: frozenset[str] = frozenset()


def render_markdown(text: str, *, people: Container[str] = NOWHERE) -> SafeString:
    """Make HTML of a text in Markdown.

    Parameters
    ----------
    text
        What a person wrote. HTML in it is shown as text; links lead to http, https and mailto only.
    people
        User names; mentions of them are marked.

    Returns
    -------
    SafeString
        HTML without scripts, styles, images or headings above the fourth level.
    """
    if len(text) > MOST_CHARACTERS:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 # escaped there
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        _tame(token, people)
    return mark_safe(str(parser.renderer.render(tokens, parser.options, {})))  # noqa: S308 # HTML of people is off


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.disable(["image"])
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    return parser


def _is_safe_link(url: str) -> bool:
    plain = "".join(letter for letter in url.lower() if letter > " ")
    scheme, colon, _ = plain.partition(":")
    has_scheme = bool(colon) and not any(mark in scheme for mark in "/?#")
    return scheme in ("http", "https", "mailto") if has_scheme else not plain.startswith("//")


def _tame(token: Token, people: Container[str]) -> None:
    """Keep headings below those of the page, mark links as foreign, mark people."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + 3)}"
    if token.type in ("td_open", "th_open"):
        token.attrs.pop("style", None)
    if token.children:
        for child in token.children:
            if child.type == "link_open":
                child.attrSet("rel", "nofollow noopener noreferrer")
        token.children = list(_mark_people(token.children, people))


def _mark_people(tokens: Sequence[Token], people: Container[str]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not inside and "@" in token.content:
            yield from _split(token, people)
        else:
            yield token


def _split(token: Token, people: Container[str]) -> Iterator[Token]:
    start = 0
    for found in MENTION.finditer(token.content):
        name = user_name(found)
        if name not in people:
            continue
        end = found.start() + 1 + len(name)
        yield _like(token, "text", token.content[start : found.start()])
        yield _like(token, "html_inline", f'<span class="mention">@{escape(name)}</span>')
        start = end
    yield _like(token, "text", token.content[start:])


def _like(token: Token, kind: str, content: str) -> Any:
    return token.copy(type=kind, content=content)
