"""How templates of breeding write due days, parents and parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from datetime import date

register = template.Library()
NOTHING = SafeString("")


@register.simple_tag
def due_badge(day: date | None, words: str = "") -> SafeString:
    """Draw a day on which something is due: red when it has passed, orange today and tomorrow."""
    if day is None:
        return NOTHING
    days = (day - timezone.localdate()).days
    tone = "bad" if days < 0 else "warn" if days < 2 else "info" if days < 8 else ""
    away = f"in {days} days" if days > 0 else f"{-days} days ago"
    said = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days, away)
    written = date_format(day, "j M" if abs(days) < 300 else "j M Y")
    beginning = f"wean {written}" if words == "wean" else written
    tone = f" badge-{tone}" if tone else ""
    return format_html('<span class="badge{}">{} · {}</span>', tone, beginning, said)


@register.simple_tag
def parent_link(subject: Any) -> SafeString:
    """Link to a parent, with its genotype's page; words when it is not known."""
    if not subject:
        return format_html('<span class="soft">{}</span>', "not known")
    dead = format_html(' <span class="badge">{}</span>', "dead") if subject.death_date else NOTHING
    cage = format_html(' <span class="soft small">cage {}</span>', subject.cage) if subject.cage else NOTHING
    return format_html('<a href="{}">{}</a>{}{}', reverse("subject", args=[subject.pk]), subject, dead, cage)


@register.simple_tag
def checked_words(mother: Any, checked: dict[Any, bool]) -> SafeString:
    """Say what was seen of a mother today, if she was looked at."""
    if mother.pk not in checked:
        return NOTHING
    tone, words = ("good", "plug") if checked[mother.pk] else ("", "no plug")
    tone = f" badge-{tone}" if tone else ""
    return format_html('<span class="badge{}">{}: {} today</span> ', tone, mother, words)


@register.simple_tag
def percent(part: float | None) -> str:
    """Write a part of one in percent, with a decimal when it is small; a dash when it is not known."""
    if part is None:
        return "–"
    digits = 1 if 0 < part < 0.1 else 0
    return f"{100 * part:.{digits}f} %"


@register.filter
def words(text: str) -> list[str]:
    """Split a text at its spaces."""
    return text.split()
