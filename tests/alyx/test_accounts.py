"""Accounts, tokens, and links that sign in once."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone
from tests.alyx.factories import World

from bregma.alyx import accounts
from bregma.alyx.misc.models import LabMember


def test_an_account_has_the_roles_it_was_given(world: World) -> None:
    visitor, alice = world.people["visitor"], world.people["alice"]
    assert (visitor.is_public_user, visitor.is_staff) == (True, False)
    assert (alice.is_superuser, alice.is_staff, alice.check_password("correct horse battery")) == (False, True, True)
    assert not accounts.create_user("rig", None).has_usable_password()


def test_a_taken_name_and_an_unknown_lab_are_refused_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(accounts.AccountError, match="the name 'alice' is taken"):
        accounts.create_user("alice", None)
    with pytest.raises(accounts.AccountError, match="no lab is called 'nolab'"):
        accounts.create_user("new", None, labs=["nolab"])
    assert not LabMember.objects.filter(username="new").exists()


@pytest.mark.parametrize(
    ("password", "words"), [("short", "too short"), ("password", "too common"), ("newcomer", "similar")]
)
def test_a_weak_password_is_refused_with_its_reason(db: None, password: str, words: str) -> None:
    with pytest.raises(accounts.AccountError, match=f"choose another password for newcomer: .*{words}"):
        accounts.create_user("newcomer", password)
    assert not LabMember.objects.exists()


def test_a_token_stays_the_same(world: World) -> None:
    assert accounts.token_for("alice") == accounts.token_for("alice")
    with pytest.raises(accounts.AccountNotFound, match="no account is called 'nobody'"):
        accounts.token_for("nobody")


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[-1]


def test_a_link_signs_in_once(world: World) -> None:
    link = accounts.sign_in_link("alice", "https://lab.example.org/")
    assert link.startswith("https://lab.example.org/sign-in/")
    assert accounts.redeem_sign_in_token(token_of(link)) == world.people["alice"]
    with pytest.raises(accounts.SignInLinkRefused, match="used before"):
        accounts.redeem_sign_in_token(token_of(link))


def test_a_forged_an_old_and_a_closed_accounts_link_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(accounts.sign_in_link("alice", ""))
    with pytest.raises(accounts.SignInLinkRefused, match="not complete"):
        accounts.redeem_sign_in_token(token[:-2] + "xx")
    with pytest.raises(accounts.SignInLinkRefused, match="not complete"):
        accounts.redeem_sign_in_token(signing.dumps({"user": str(world.people["alice"].pk), "last_login": ""}))
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "LINK_SECONDS", -1)
        with pytest.raises(accounts.SignInLinkRefused, match="older than ten minutes"):
            accounts.redeem_sign_in_token(token)
    LabMember.objects.filter(username="alice").update(is_active=False)
    with pytest.raises(accounts.SignInLinkRefused, match="closed"):
        accounts.redeem_sign_in_token(token)


def test_signing_in_otherwise_spends_the_link(world: World) -> None:
    token = token_of(accounts.sign_in_link("alice", ""))
    LabMember.objects.filter(username="alice").update(last_login=timezone.now() - timedelta(seconds=1))
    with pytest.raises(accounts.SignInLinkRefused, match="signed in since"):
        accounts.redeem_sign_in_token(token)
