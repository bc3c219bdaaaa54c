"""Providers of identity: off unless the environment names them, and only for existing members."""

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import admin
from django.test import Client
from tests.alyx.factories import World

from bregma.alyx.access import environment
from bregma.alyx.access.adapters import find_member
from bregma.alyx.misc.models import LabMember


def login_with(email: str, *, verified: bool) -> SocialLogin:
    address = EmailAddress(email=email, verified=verified, primary=True)
    return SocialLogin(user=LabMember(), account=SocialAccount(provider="oidc", uid="1"), email_addresses=[address])


def test_no_provider_is_offered_by_default(world: World) -> None:
    assert environment.providers() == {}
    assert "Log in with" not in Client().get("/login").content.decode()


def test_the_environment_names_a_provider_and_a_file_with_its_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    monkeypatch.setenv("BREGMA_OIDC_CLIENT_ID", "bregma")
    with pytest.raises(ValueError, match="BREGMA_OIDC_URL"):
        environment.providers()
    monkeypatch.setenv("BREGMA_OIDC_URL", "https://id.example.org")
    monkeypatch.setenv("BREGMA_OIDC_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("BREGMA_ORCID_CLIENT_ID", "APP-1")
    found = environment.providers()
    assert found["openid_connect"]["APPS"][0]["secret"] == "s3cret"  # of this test
    assert found["orcid"]["APPS"][0]["client_id"] == "APP-1"


def test_who_needs_a_second_factor_is_one_of_two_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.second_factor_rule() == ""
    monkeypatch.setenv("BREGMA_REQUIRE_TOTP", "admins")
    with pytest.raises(ValueError, match="'admins'; set it to administrators or everybody"):
        environment.second_factor_rule()


def test_only_a_verified_address_of_exactly_one_open_account_is_linked(world: World) -> None:
    alice = world.people["alice"]
    assert find_member(login_with("Alice@example.org", verified=True)) == alice
    assert find_member(login_with("alice@example.org", verified=False)) is None
    assert find_member(login_with("eve@example.org", verified=True)) is None
    LabMember.objects.filter(username="bob").update(email="alice@example.org")
    assert find_member(login_with("alice@example.org", verified=True)) is None
    LabMember.objects.filter(username="bob").update(is_active=False)
    assert find_member(login_with("alice@example.org", verified=True)) == alice


def test_nobody_signs_up(world: World) -> None:
    for path in ("/account/sign-up/", "/account/provider/sign-up/"):
        answer = Client().get(path)
        assert answer.status_code == 403
        assert "Accounts are made by administrators" in answer.content.decode()


def test_secrets_of_second_factors_are_not_in_the_admin() -> None:
    assert not admin.site.is_registered(Authenticator)
