"""How templates write the cells of a list."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.template import Context

    from bregma.alyx.web.lists.declaration import Column, ListPage

register = template.Library()
NOTHING = SafeString("")


@register.simple_tag(takes_context=True)
def list_cell(context: Context, page: ListPage, column: Column, row: Any) -> SafeString:
    """Draw one cell: its value, linked if the column says so, with a button to change it where that is offered."""
    value = column.read(row)
    if column.template:
        drawn = SafeString(render_to_string(column.template, {"row": row, "value": value}).strip())
    else:
        drawn = format_html("{}", cell_text(value))
    if column.link and (url := column.link(row)):
        drawn = format_html('<a href="{}">{}</a>', url, drawn or row)
    if column.below and (second := cell_text(column.below(row))):
        drawn = format_html('<span>{}<small class="soft block">{}</small></span>', drawn, second)
    return drawn if not _offers(context, column, row) else _editable(page, column, row, drawn)


def _offers(context: Context, column: Column, row: Any) -> bool:
    editor = column.editor
    return bool(editor and context.get("editable") and editor.may(context["request"].user, row))


def _editable(page: ListPage, column: Column, row: Any, drawn: SafeString) -> SafeString:
    shown = {
        "drawn": drawn,
        "column": column,
        "row": row,
        "url": reverse(f"{page.key}-cell", args=[row.pk, column.key]),
    }
    return SafeString(render_to_string("web/_cell_button.html", shown))


@register.filter
def cell_text(value: Any) -> Any:
    """Write a value as a cell shows it: dates in words, yes and no, lists with commas, nothing when there is none."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else NOTHING
    if isinstance(value, datetime):
        return format_html('<span class="nowrap">{}</span>', date_format(timezone.localtime(value), "j M Y, H:i"))
    if isinstance(value, date):
        return format_html('<span class="nowrap">{}</span>', date_format(value, "j M Y"))
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, (list, tuple, set)):
        return ", ".join(str(one) for one in value)
    return value


@register.simple_tag
def row_links(page: ListPage, row: Any) -> SafeString:
    """Draw the actions of a row."""
    found = [(action.label, url) for action in page.row_actions if (url := action.url(row))]
    one = '<a class="button button-small" href="{}">{}<span class="sr-only"> {}</span></a>'
    return format_html_join(" ", one, ((url, label, row) for label, url in found))
