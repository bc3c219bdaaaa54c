"""Comments on a page: the list with its form is one part, exchanged by htmx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.comments.selectors import comments_on, people_named
from bregma.alyx.notebook.comments.services import MOST_CHARACTERS, change_comment, delete_comment, write_comment
from bregma.alyx.notebook.models import Comment
from bregma.alyx.notebook.targets import SAID_ABOUT, load_target, word_for
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model
    from django.http import HttpRequest


class CommentForm(forms.Form):
    """What a person says."""

    text = forms.CharField(label="Comment", max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 3}))


@require_POST
def write(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """Say something about a subject, a session or a note."""
    on = load_target(SAID_ABOUT, kind, key, request.user)
    by: Any = request.user
    form = CommentForm(request.POST)
    if not policy.has_account(by):
        raise PermissionDenied("This account is shared by many: nobody comments from here.")
    if form.is_valid():
        saved(form, lambda: write_comment(on, form.cleaned_data["text"], by=by))
    return _part(request, on, form if form.errors else None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change one's comment, in its place or on a page of its own."""
    comment, on = _load(request, pk)
    by: Any = request.user
    if comment.user_id != by.pk and not by.is_superuser:
        raise PermissionDenied("Somebody else said this; answer with a comment of your own.")
    form = CommentForm(request.POST if request.method == "POST" else None, initial={"text": comment.text})
    words = form.data.get("text", "")
    if form.is_bound and form.is_valid() and saved(form, lambda: change_comment(comment, words, by=by)):
        return HttpResponseRedirect(f"{address_of(on)}#comment-{pk}")
    shown = {"form": form, "title": "Change a comment", "cancel": address_of(on), "crumbs": [(on, address_of(on))]}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete one's comment."""
    comment, on = _load(request, pk)
    by: Any = request.user
    done(request, lambda: delete_comment(comment, by=by), "The comment is deleted.")
    return HttpResponseRedirect(address_of(on))


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the people whose name begins with what was typed after ``@``."""
    found = people_named(request.GET.get("q", "")[:64], request.user) if policy.has_account(request.user) else []
    return render(request, "notebook/_people.html", {"people": found})


def _part(request: HttpRequest, on: Model, form: CommentForm | None) -> HttpResponse:
    if not getattr(request, "htmx", False) and form is None:
        return HttpResponseRedirect(f"{address_of(on)}#comments")
    model = Note if isinstance(on, Note) else type(on)
    shown = {
        "comments": comments_on(model, [on.pk], request.user),
        "comment_kind": word_for(on),
        "comment_key": on.pk,
        "comment_form": form,
        "may_comment": True,
    }
    return render(request, "notebook/_comments.html", shown)


def _load(request: HttpRequest, pk: UUID) -> tuple[Comment, Model]:
    comment = policy.readable(request.user, Comment.objects.filter(pk=pk)).select_related("user").first()
    on = comment.content_object if comment is not None else None
    if comment is None or on is None or not policy.may_read(request.user, on):
        raise Http404(f"no comment {pk} that you may read")
    return comment, on
