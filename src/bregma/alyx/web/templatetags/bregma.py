"""How templates write sizes, ages, states and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from bregma.alyx.web.icons import ICONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.forms import BoundField
    from django.template import Context

register = template.Library()

_TONES = {
    "in training": "",
    "trained 1a": "warn",
    "trained 1b": "info",
    "ready4ephysrig": "good",
    "ready4delay": "good",
    "ready4recording": "good",
    "untrainable": "bad",
    "unbiasable": "bad",
}
_STATUSES = {
    "in training": "does not meet the criteria of trained 1a yet",
    "trained 1a": "over 200 trials and 80 % correct on easy trials on each of three days, and a good curve",
    "trained 1b": "over 400 trials and 90 % correct on easy trials on each of three days, good curve, fast responses",
    "ready4ephysrig": "ready for the recording rig: as trained 1b with biased blocks, which shift the choices",
    "ready4delay": "ready for a delay before the session: over 400 trials and 90 % correct on the recording rig",
    "ready4recording": "ready to be recorded: as ready4ephysrig on the recording rig, once after a delay of 15 minutes",
    "untrainable": "not trained after 40 days",
    "unbiasable": "not ready after 40 days with biased blocks",
}
"""What a status means; the criteria are in :mod:`bregma.brainbox.behavior.training`."""


@register.filter
def file_size(size: int | None) -> str:
    """Write a number of bytes as a person would: 1.2 MB."""
    if size is None:
        return "–"
    value, units = float(size), ["B", "kB", "MB", "GB", "TB", "PB"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.0f} {units[0]}" if units[0] == "B" or value >= 100 else f"{value:.1f} {units[0]}"


@register.filter
def grouped(value: int | None) -> str:
    """Write an integer with thin spaces between thousands."""
    return "–" if value is None else f"{value:,}".replace(",", "\u202f")


@register.filter
def figures(value: float | None, digits: int = 1) -> str:
    """Write a number with some decimals, or a dash when there is none."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"


@register.filter
def age(birth: date | None, death: date | None = None) -> str:
    """Write how old an animal is, or was when it died."""
    if birth is None:
        return "–"
    days = ((death or timezone.localdate()) - birth).days
    if days < 70:
        return f"{days} days"
    return f"{days // 7} weeks" if days < 2 * 365 else f"{days / 365.25:.1f} years"


@register.filter
def status_badge(status: str | None) -> SafeString:
    """Draw a training status as a badge."""
    if not status:
        return mark_safe('<span class="soft">–</span>')
    tone = _TONES.get(status, "")
    tone = f" badge-{tone}" if tone else ""
    return format_html('<span class="badge{}" title="{}">{}</span>', tone, status_words(status), status)


@register.filter
def status_words(status: str | None) -> str:
    """Say what a training status means."""
    return _STATUSES.get(status or "", "")


@register.filter
def qc_badge(qc: int | None) -> SafeString:
    """Draw a quality level as a badge; nothing when it was not set."""
    label, tone = {10: ("pass", "good"), 30: ("warning", "warn"), 40: ("fail", "bad"), 50: ("critical", "bad")}.get(
        qc or 0, ("", "")
    )
    return format_html('<span class="badge badge-{}">{}</span>', tone, label) if label else SafeString("")


@register.filter
def weight_badge(percent: float | None) -> SafeString:
    """Draw a weight in % of its reference: red below 75, orange below 85."""
    if percent is None:
        return SafeString("")
    tone = "bad" if percent < 75 else "warn" if percent < 85 else "good"
    return format_html('<span class="badge badge-{}">{} %</span>', tone, f"{percent:.0f}")


@register.filter
def role(user: Any) -> str:
    """Say in words what an account may do."""
    if user.is_superuser:
        return "administrator"
    if user.is_public_user:
        return "public account"
    return "stock manager" if user.is_stock_manager else "lab member"


@register.inclusion_tag("web/_sparkline.html")
def sparkline(values: Sequence[float | None], label: str) -> dict[str, Any]:
    """Draw a few numbers between 0 and 100 as a line the size of a word."""
    known = [(i, value) for i, value in enumerate(values) if value is not None and value == value]
    step = 100 / max(len(values) - 1, 1)
    points = " ".join(f"{i * step:.1f},{100 - value:.1f}" for i, value in known)
    return {"points": points if len(known) > 1 else "", "label": label}


@register.inclusion_tag("web/_chart.html")
def chart(name: str, src: str = "", *, title: str, **options: Any) -> dict[str, Any]:
    """Place a figure that the browser draws from the JSON at ``src``.

    Options: ``template`` (an address with {unit} and {event}, in place of ``src``), ``height`` (px, kept free while
    loading), ``canvas`` (draw many marks), ``note`` (a line beside the title), ``file`` (name of downloads).
    """
    return {"name": name, "src": src, "title": title, **options}


@register.simple_tag(takes_context=True)
def nav_current(context: Context, name: str) -> SafeString:
    """Mark the entry of the navigation that leads to this page."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and (match.view_name == name or match.view_name.startswith(f"{name}-"))
    here = here or (match is not None and match.view_name == f"{name}s")
    return mark_safe(' aria-current="page"') if here else SafeString("")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon beside words; it says nothing to those who do not see it."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', SafeString(ICONS[name]))


@register.simple_tag
def optional_url(name: str, *args: Any) -> str:
    """Return the address of a page, or nothing when there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def optional_link(name: str, words: str) -> SafeString:
    """Link to a page, if it is there."""
    url = optional_url(name)
    return format_html('<a href="{}">{}</a>', url, words) if url else SafeString("")


@register.simple_tag
def optional_link_of(name: str, key: Any, words: str) -> SafeString:
    """Link to the page of one thing, if there is such a page."""
    url = optional_url(name, key)
    return format_html('<a href="{}">{}</a>', url, words) if url else SafeString("")


@register.filter
def attributes(field: BoundField, more: str) -> SafeString:
    """Draw the control of a form field with more attributes: ``field|attributes:"autofocus=,inputmode=decimal"``."""
    pairs = (pair.partition("=") for pair in more.split(","))
    return field.as_widget(attrs={name: value or True for name, _, value in pairs})


@register.simple_tag
def vega_bundle() -> str:
    """Return the static path of the Vega bundle."""
    from django.templatetags.static import static

    from bregma.alyx.web.assets import bundle_name

    return static(bundle_name())
