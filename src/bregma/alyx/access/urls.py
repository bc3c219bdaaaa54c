"""Addresses of the account pages, of second factors, and of log-in through providers."""

from __future__ import annotations

from allauth.account import views as allauth_views
from allauth.socialaccount import views as provider_views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from bregma.alyx.access import views

to_log_in = login_not_required(RedirectView.as_view(pattern_name="login", query_string=True))

urlpatterns = [
    path("", views.account, name="account"),
    path("password/", views.password, name="account-password"),
    path("tokens/", views.my_tokens, name="my-tokens"),
    path("tokens/<uuid:key>/revoke/", views.revoke_token, name="token-revoke"),
    path("delegations/", views.my_delegations, name="my-delegations"),
    path("delegations/<uuid:key>/end/", views.end_delegation, name="delegation-end"),
    path("delegations/undated/<uuid:key>/end/", views.end_undated, name="delegation-end-undated"),
    # The names below are those that allauth looks up.
    path("confirm/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("log-in/", to_log_in, name="account_login"),
    path("closed/", login_not_required(views.no_sign_up), name="account_inactive"),
    path("sign-up/", login_not_required(views.no_sign_up), name="account_signup"),
    path("second-factor/authenticate/", views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("provider/cancelled/", to_log_in, name="socialaccount_login_cancelled"),
    path("provider/failed/", login_not_required(provider_views.login_error), name="socialaccount_login_error"),
    path("provider/sign-up/", login_not_required(views.no_sign_up), name="socialaccount_signup"),
    path("provider/", RedirectView.as_view(pattern_name="account"), name="socialaccount_connections"),
]
urlpatterns += [
    path("", include(f"allauth.socialaccount.providers.{name}.urls")) for name in settings.SOCIALACCOUNT_PROVIDERS
]
