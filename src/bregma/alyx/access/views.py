"""The pages of the own account: profile, password, tokens, delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.base.views import AuthenticateView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bregma.alyx import policy
from bregma.alyx.access import delegations, selectors, tokens
from bregma.alyx.access.forms import DelegationForm, ProfileForm, TokenForm
from bregma.alyx.accounts import AccountError
from bregma.alyx.misc.models import LabMember
from bregma.alyx.misc.services import change_member
from bregma.alyx.web.limits import check_log_in_rate

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms
    from django.http import HttpRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
def account(request: HttpRequest) -> HttpResponse:
    """Show and change one's profile; labs and roles in words."""
    user = _me(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=LabMember(**_profile(user)))
    if request.method == "POST":
        check_own(request)
        if form.is_valid():
            change_member(LabMember.objects.get(pk=user.pk), form.cleaned_data, by=user)
            messages.success(request, "Your profile is saved.")
            return _to("account")
    shown = {
        "form": form,
        "places": selectors.list_places(user),
        "safety": selectors.load_safety(user),
        "may_change": policy.may_write(user, user),
    }
    return render(request, "access/account.html", shown)


@PAGE
@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end, this one goes on."""
    check_own(request)
    user = _me(request)
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, "Your password is changed. You are logged out everywhere else.")
        return _to("account")
    return render(request, "access/password.html", {"form": form})


@PAGE
@never_cache
@sensitive_variables("text")
def my_tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens and make new ones; a new one is shown on this answer only."""
    check_own(request)
    user = _me(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    text = _make_token(user, form) if request.method == "POST" else ""
    form = TokenForm() if text else form
    shown = {"form": form, "lines": selectors.list_tokens(user), "new_token": text}
    return render(request, "access/tokens.html", shown)


@require_POST
def revoke_token(request: HttpRequest, key: UUID) -> HttpResponse:
    """Revoke a token at once."""
    _tell(request, lambda: tokens.revoke_token(key, by=request.user), "The token is revoked: it works no more.")
    return _to("my-tokens")


@PAGE
def my_delegations(request: HttpRequest) -> HttpResponse:
    """List who acts for whom, and let another person act on one's own subjects."""
    check_own(request)
    user = _me(request)
    form = DelegationForm(request.POST if request.method == "POST" else None, owner=user)
    if request.method == "POST" and form.is_valid() and _delegate(user, form):
        messages.success(request, f"{form.cleaned_data['to']} may act on your subjects.")
        return _to("my-delegations")
    shown = {"form": form, "given": selectors.list_given(user), "received": selectors.list_received(user)}
    return render(request, "access/delegations.html", shown)


@require_POST
def end_delegation(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a delegation at once."""
    _tell(request, lambda: delegations.end_delegation(key, by=request.user), "The delegation is ended.")
    return _to("my-delegations")


@require_POST
def end_undated(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a person off the list of those who act without dates."""
    check_own(request)
    _me(request).allowed_users.remove(key)
    messages.success(request, "The delegation is ended.")
    return _to("my-delegations")


@require_GET
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Say that accounts are made by administrators."""
    return render(request, "access/no_account.html", status=403)


class SecondFactor(AuthenticateView):  # type: ignore[misc] # allauth has no types
    """Asks for the code; attempts are limited together with those at the log-in page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check a code, unless there were too many attempts."""
        wait = check_log_in_rate(request, self.stage.login.user.get_username())
        if wait is None:
            return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]
        words = {"title": "Too many attempts", "words": f"Wait {wait} s and try again."}
        response = render(request, "web/problem.html", words, status=429)
        response.headers["Retry-After"] = str(wait)
        return response


def _me(request: HttpRequest) -> Any:
    return request.user


def _profile(user: Any) -> dict[str, Any]:
    """Copy what the form edits: the account of the request stays as it is until the service changes it."""
    return {name: getattr(user, name) for name in ("id", "username", "password", *ProfileForm.Meta.fields)}


def check_own(request: HttpRequest) -> None:
    """Refuse accounts for the public: many people share one."""
    if not policy.may_write(_me(request), _me(request)):
        raise PermissionDenied("This account is for the public and shared by many: nobody changes it from here.")


def _make_token(user: Any, form: TokenForm) -> str:
    if not form.is_valid():
        return ""
    asked = form.cleaned_data
    try:
        return tokens.create_token(user, name=asked["name"], days=asked["days"], scopes=asked["scopes"])[1]
    except AccountError as refused:
        form.add_error(None, str(refused))
        return ""


def _delegate(user: Any, form: forms.Form) -> bool:
    asked = form.cleaned_data
    try:
        delegations.delegate(user, asked["to"], start=asked["start"], end=asked["end"], reason=asked["reason"])
    except (AccountError, ValidationError) as refused:
        words = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
        for line in words:
            form.add_error(None, line)
        return False
    return True


def _tell(request: HttpRequest, action: Any, done: str) -> None:
    """Do something and say that it is done, or why not."""
    try:
        action()
    except AccountError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)


def _to(name: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name))
