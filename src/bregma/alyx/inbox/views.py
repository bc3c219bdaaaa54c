"""The notification centre: one's notices, what one wants to hear, and the log of mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.actions.models import NotificationType
from bregma.alyx.inbox import preferences as wishes
from bregma.alyx.inbox.forms import PreferencesForm
from bregma.alyx.inbox.hours import preference_of
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.inbox.selectors import count_by_type, list_notices, mail_words, scopes_of, unread_count

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

ON_A_PAGE = 25


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List one's notices: the unread, or all, or one type."""
    user: Any = request.user
    kind = request.GET.get("type", "")
    kind = kind if kind in NotificationType.values else ""
    unread = request.GET.get("show") != "all"
    page = Paginator(list_notices(user, unread=unread, kind=kind), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": [(row, mail_words(row)) for row in page],
        "unread": unread,
        "kind": kind,
        "types": count_by_type(user),
        "n_unread": unread_count(user),
        "mail_is_sent": settings.BREGMA_MAIL is not None,
        "has_address": bool(user.email),
        "may_choose": policy.has_account(user),
    }
    return render(request, "inbox/inbox.html", shown)


@require_safe
def open_notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open the page that a notice is about; one's own is read then."""
    user: Any = request.user
    row = get_object_or_404(policy.readable(user, Delivery.objects.select_related("notification")), pk=key)
    if row.user_id == user.pk and row.read_at is None:
        wishes.mark_read(row, by=user)
    link = row.notification.link.lstrip("/\\")
    return HttpResponseRedirect(f"/{link}" if link else _subject_or_inbox(row))


@require_POST
def read(request: HttpRequest, key: UUID) -> HttpResponse:
    """Mark one notice as read."""
    user: Any = request.user
    wishes.mark_read(get_object_or_404(Delivery, pk=key, user=user), by=user)
    return _back(request)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all one's notices as read."""
    user: Any = request.user
    n = wishes.mark_all_read(by=user)
    messages.success(request, f"{n} notice{'s' if n != 1 else ''} marked as read.")
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose how often mail comes and about which animals."""
    user: Any = request.user
    if not policy.has_account(user):
        raise PermissionDenied("This account is for the public and shared by many: it gets no notices.")
    mail = preference_of(user)
    initial = {"frequency": mail.frequency, "digest_hour": mail.digest_hour}
    form = PreferencesForm(request.POST or None, initial=initial, scopes=scopes_of(user))
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        wishes.set_preferences(asked["frequency"], asked["digest_hour"], form.chosen_scopes(), by=user)
        messages.success(request, "Saved. What waits to be mailed follows your choice.")
        return HttpResponseRedirect(reverse("inbox-preferences"))
    shown = {"form": form, "mail_is_sent": settings.BREGMA_MAIL is not None, "address": user.email}
    return render(request, "inbox/preferences.html", shown, status=422 if form.is_bound else 200)


def _subject_or_inbox(row: Delivery) -> str:
    subject = row.notification.subject_id
    return reverse("subject", args=[subject]) if subject else reverse("inbox")


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the list as it was narrowed."""
    query = request.POST.get("query", "")
    return HttpResponseRedirect(f"{reverse('inbox')}?{query}" if query else reverse("inbox"))
