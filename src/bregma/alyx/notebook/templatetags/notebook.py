"""How templates write what people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.markdown import NOWHERE, render_markdown
from bregma.alyx.notebook.targets import word_for

if TYPE_CHECKING:
    from collections.abc import Container

    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def markdown(text: str | None, people: Container[str] = NOWHERE) -> SafeString:
    """Make HTML of Markdown; see :func:`bregma.alyx.notebook.markdown.render_markdown`."""
    return render_markdown(text or "", people=people)


@register.filter
def address(row: Any) -> str:
    """Return the path of the page of a row; empty where it has none."""
    return address_of(row) if row is not None else ""


@register.filter
def kind_word(row: Any) -> str:
    """Return the word that stands for the kind of a row in addresses."""
    return word_for(row)
