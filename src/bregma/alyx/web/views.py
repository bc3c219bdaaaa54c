"""Log-in, log-out, one-time links and the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from bregma.alyx.access.log_in import finish_log_in
from bregma.alyx.access.selectors import list_providers
from bregma.alyx.accounts import SignInLinkRefused, redeem_sign_in_token
from bregma.alyx.web.limits import check_log_in_rate

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class LogInForm(AuthenticationForm):
    """User name and password; says what to do when they are wrong."""

    error_messages = {
        "invalid_login": "This user name and password do not belong together. Check both and try again.",
        "inactive": "This account is closed. Ask an administrator.",
    }


@method_decorator([sensitive_post_parameters("password"), never_cache], name="dispatch")
class LogIn(LoginView):
    """The log-in page; attempts are limited together with those at ``/auth-token``."""

    template_name = "web/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the providers of identity that are set up."""
        return {**super().get_context_data(**kwargs), "providers": list_providers()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor, where there is one."""
        asked = self.get_redirect_url() or None
        return finish_log_in(self.request, form.get_user(), next_url=asked)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check name and password, unless there were too many attempts."""
        wait = check_log_in_rate(request, request.POST.get("username", ""))
        if wait is None:
            return super().post(request, *args, **kwargs)
        words = f"There were too many attempts from here. Wait {wait} s and try again."
        problem = {"title": "Too many attempts", "words": words}
        response = render(request, "web/problem.html", problem, status=429)
        response.headers["Retry-After"] = str(wait)
        return response


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign a person in by a link that works once.

    Opening the link only shows a button: programs that look at links in mails must not spend it.
    """
    if request.method != "POST":
        return render(request, "web/sign_in.html")
    try:
        user = redeem_sign_in_token(token)
    except SignInLinkRefused as refused:
        words = str(refused)
        return render(request, "web/sign_in.html", {"refused": f"{words[0].upper()}{words[1:]}."}, status=410)
    return finish_log_in(request, user)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show the subjects, the latest sessions and what the workers are doing."""
    from bregma.alyx.results.overview import load_overview

    return render(request, "web/overview.html", {"overview": load_overview(request.user)})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 without a hint whether the thing exists for others."""
    words = "There is no such page, or it is not for you to see. Check the address, or log in with another account."
    return render(request, "web/problem.html", {"title": "Not found", "words": words}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the reason that was given."""
    words = str(exception) or "Your account may not do this."
    return render(request, "web/problem.html", {"title": "Not allowed", "words": words}, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500; the traceback is in the log, never on the page."""
    words = "The server failed at this page, and its log says where. Try again, or tell an administrator the time."
    return render(request, "web/problem.html", {"title": "Something went wrong", "words": words}, status=500)
