"""The views of any list: the page, its files, its bulk actions, its cells and its saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from bregma.alyx import policy
from bregma.alyx.errors import AlyxError
from bregma.alyx.web.lists import saved
from bregma.alyx.web.lists.export import MOST_ROWS, write_csv, write_xlsx
from bregma.alyx.web.lists.present import present_list
from bregma.alyx.web.lists.question import Question, ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from bregma.alyx.web.lists.declaration import BulkAction, Column, ListPage

    View = Callable[..., Any]

MOST_AT_ONCE = 1000
"""How many rows one bulk action may change."""
NAMED = 30
"""How many of them the page of confirmation names."""


def list_view(page: ListPage) -> View:
    """Make the view of a list; htmx gets the table alone."""

    @require_safe
    @vary_on_headers("HX-Request")
    def show(request: HttpRequest) -> HttpResponse:
        asked = ask(page, request)
        part = bool(getattr(request, "htmx", False)) and request.headers.get("HX-Target") == "list"
        return render(request, "web/_list.html" if part else "web/list.html", present_list(asked, request))

    return show


def export_view(page: ListPage) -> View:
    """Make the view of a list as a file: ``csv`` or ``xlsx``."""

    @require_safe
    def export(request: HttpRequest, kind: str) -> Any:
        asked = ask(page, request)
        if asked.rows.count() > MOST_ROWS:
            words = f"A file holds {MOST_ROWS} rows at most. Narrow the list with its filters, and export it in parts."
            return render(request, "web/problem.html", {"title": "Too many rows", "words": words}, status=413)
        return write_csv(asked) if kind == "csv" else write_xlsx(asked)

    return export


def bulk_view(page: ListPage) -> View:
    """Make the view that asks for confirmation of a bulk action, and then does it."""

    @require_POST
    def act(request: HttpRequest) -> HttpResponse:
        action = _action(page, request)
        asked = ask(page, request, QueryDict(request.POST.get("query", "").lstrip("?")))
        rows = _chosen(asked, request)
        back = f"{reverse(page.key)}{asked.address()}"
        if not rows:
            messages.warning(request, "Choose at least one row first: tick the boxes at their beginning.")
            return HttpResponseRedirect(back)
        confirmed = "confirmed" in request.POST
        form = _bulk_form(action, rows, request, request.POST if confirmed else None)
        if confirmed and form.is_valid() and _done(request, action, rows, form):
            return HttpResponseRedirect(back)
        shown = {"page": page, "action": action, "rows": rows, "named": rows[:NAMED], "form": form, "back": back}
        shown |= {"more": max(0, len(rows) - NAMED), "query": asked.address(), "url": reverse(f"{page.key}-bulk")}
        return render(request, "web/bulk.html", shown, status=422 if confirmed else 200)

    return act


def _bulk_form(action: BulkAction, rows: list[Any], request: HttpRequest, data: Any) -> forms.Form:
    about: dict[str, Any] = {"rows": rows, "by": request.user} if action.informed else {}
    return (action.form or forms.Form)(data, **about)


def _action(page: ListPage, request: HttpRequest) -> BulkAction:
    wanted = request.POST.get("action", "")
    action = next((one for one in page.bulk if one.key == wanted), None)
    if action is None:
        raise Http404(f"the list {page.key} has no action {wanted!r}")
    if not policy.is_member(request.user) or not action.may(request.user):  # type: ignore[arg-type]
        raise PermissionDenied(f"Your account may not do this: {action.label}.")
    return action


def _chosen(asked: Question, request: HttpRequest) -> list[Any]:
    """Return the ticked rows, or all that the filters leave; only rows that the person may read."""
    if request.POST.get("scope") == "all":
        return list(asked.rows[:MOST_AT_ONCE])
    keys = request.POST.getlist("rows")[:MOST_AT_ONCE]
    try:
        return list(asked.page.rows(request.user).filter(pk__in=keys).order_by(*asked.page.order))
    except (ValidationError, ValueError) as wrong:
        raise Http404(f"no such rows: {keys[:3]}") from wrong


def _done(request: HttpRequest, action: BulkAction, rows: list[Any], form: forms.Form) -> bool:
    """Do a bulk action, or tell the form why it was refused."""
    try:
        words = action.service(rows, form.cleaned_data, by=request.user)
    except (PermissionDenied, AlyxError) as refused:
        form.add_error(None, str(refused))
        return False
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return False
    messages.success(request, words)
    return True


def cell_view(page: ListPage) -> View:
    """Make the view of one cell: asked, a small form; sent, the new cell or the form with what is wrong."""

    @require_http_methods(["GET", "POST"])
    def cell(request: HttpRequest, pk: str, key: str) -> HttpResponse:
        column, row = _cell(page, request, pk, key)
        if request.GET.get("as") == "text":
            return _cell_text(request, page, column, row)
        form = _cell_form(column, row, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid() and _saved(request, column, row, form):
            return _cell_text(request, page, column, page.rows(request.user).get(pk=row.pk))
        shown = {"page": page, "column": column, "row": row, "form": form, "url": _cell_url(page, row, column)}
        return render(request, "web/_cell_form.html", shown)

    return cell


def _cell(page: ListPage, request: HttpRequest, pk: str, key: str) -> tuple[Column, Any]:
    try:
        column = page.column(key)
        row = page.rows(request.user).filter(pk=pk).first()
    except (LookupError, ValidationError, ValueError) as wrong:
        raise Http404(str(wrong)) from wrong
    if column.editor is None or row is None:
        raise Http404(f"no cell {key!r} of {pk} to edit")
    if not policy.is_member(request.user):
        raise PermissionDenied("Accounts for the public change nothing.")
    return column, row


def _cell_form(column: Column, row: Any, data: Any) -> forms.Form:
    assert column.editor is not None
    form = forms.Form(data, initial={"value": column.editor.value(row)}, auto_id=f"cell-{row.pk}-{column.key}-%s")
    form.fields["value"] = column.editor.field()
    form.fields["value"].label = f"{column.label} of {row}"
    form.fields["value"].widget.attrs["autofocus"] = True
    return form


def _saved(request: HttpRequest, column: Column, row: Any, form: forms.Form) -> bool:
    assert column.editor is not None
    try:
        column.editor.service(row, form.cleaned_data["value"], by=request.user)
    except (PermissionDenied, AlyxError) as refused:
        form.add_error("value", str(refused))
    except ValidationError as refused:
        form.add_error("value", refused.messages)
    return not form.errors


def _cell_text(request: HttpRequest, page: ListPage, column: Column, row: Any) -> HttpResponse:
    if page.prepare:
        page.prepare([row], request.user)
    return render(request, "web/_cell.html", {"page": page, "column": column, "row": row, "editable": True})


def _cell_url(page: ListPage, row: Any, column: Column) -> str:
    return reverse(f"{page.key}-cell", args=[row.pk, column.key])


def views_view(page: ListPage) -> View:
    """Make the view that keeps and forgets saved views."""

    @require_POST
    def change(request: HttpRequest) -> HttpResponse:
        query = saved.tidy(request.POST.get("query", ""))
        try:
            words = _change_views(page, request, query)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, words)
        return HttpResponseRedirect(f"{reverse(page.key)}?{quote(query, safe='=&%+')}")

    return change


def _change_views(page: ListPage, request: HttpRequest, query: str) -> str:
    by: Any = request.user
    if "delete" in request.POST:
        field = forms.UUIDField()
        saved.delete_view(field.clean(request.POST["delete"]), by=by)
        return "The view is deleted. The rows are all there."
    lab = next((one for one in saved.labs_to_share_with(by) if str(one.pk) == request.POST.get("lab")), None)
    view = saved.save_view(page.key, request.POST.get("name", "").strip(), query, lab=lab, by=by)
    return f"Saved as “{view}”{f', shared with {lab}' if lab else ''}. It is in the menu Views."
