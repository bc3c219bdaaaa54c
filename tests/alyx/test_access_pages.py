"""The pages of the own account, and log-in with a second factor."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from tests.alyx.factories import PASSWORD, World

from bregma.alyx.access.models import ApiToken, Delegation
from bregma.alyx.accounts import sign_in_link
from bregma.alyx.misc.models import LabMembership

PAGES = ["/account/", "/account/password/", "/account/tokens/", "/account/delegations/", "/account/second-factor/"]


def visit(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def code_of(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def protect(world: World, name: str) -> str:
    secret = generate_totp_secret()
    TOTP.activate(world.people[name], secret)
    return secret


@pytest.mark.parametrize("path", PAGES)
def test_each_page_costs_few_queries(world: World, path: str, django_assert_max_num_queries: Any) -> None:
    client = visit(world, "alice")
    with django_assert_max_num_queries(12):
        assert client.get(path).status_code == 200


def test_a_profile_is_changed_and_a_public_account_is_not(world: World) -> None:
    posted = {"first_name": "Ada", "last_name": "L", "email": "ada@example.org"}
    assert visit(world, "alice").post("/account/", posted).status_code == 302
    world.people["alice"].refresh_from_db()
    assert world.people["alice"].first_name == "Ada"
    assert visit(world, "visitor").post("/account/", posted).status_code == 403


def test_a_password_is_changed_and_other_sessions_end(world: World) -> None:
    here, elsewhere = visit(world, "alice"), visit(world, "alice")
    new = "a better horse battery"
    posted = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/account/password/", posted).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_token_is_shown_once_and_can_be_revoked(world: World) -> None:
    client = visit(world, "alice")
    made = client.post("/account/tokens/", {"name": "rig 3", "scopes": ["read"], "days": 30})
    text = made.context["new_token"]
    assert text.startswith("brg_")
    assert text in made.content.decode()
    assert text not in client.get("/account/tokens/").content.decode()
    token = ApiToken.objects.get()
    assert text not in str(ApiToken.objects.values().get())
    assert visit(world, "bob").post(f"/account/tokens/{token.pk}/revoke/").status_code == 403
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_delegation_is_made_and_ended(world: World) -> None:
    client = visit(world, "alice")
    posted = {"to": str(world.people["bob"].pk), "start": "2024-01-01", "end": "", "reason": "holidays"}
    assert client.post("/account/delegations/", posted).status_code == 302
    row = Delegation.objects.get()
    assert visit(world, "bob").post(f"/account/delegations/{row.pk}/end/").status_code == 403
    assert client.post(f"/account/delegations/{row.pk}/end/").status_code == 302
    row.refresh_from_db()
    assert row.end_date is not None
    wrong = client.post("/account/delegations/", {**posted, "start": "2024-01-02", "end": "2024-01-01"})
    assert "must not be before" in wrong.content.decode()


def test_the_second_factor_is_switched_on_after_the_password_and_a_code(world: World) -> None:
    client = visit(world, "alice")
    asked = client.get("/account/second-factor/totp/activate/")
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/account/confirm/")
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).status_code == 302
    page = client.get("/account/second-factor/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    done = client.post("/account/second-factor/totp/activate/", {"code": code_of(secret)})
    assert done.headers["Location"] == "/account/second-factor/recovery-codes/"
    assert "codes" in client.get(done.headers["Location"]).content.decode()
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data)


def test_log_in_asks_for_the_code_after_the_password(world: World) -> None:
    secret = protect(world, "alice")
    client = Client()
    first = client.post("/login", {"username": "alice", "password": PASSWORD, "next": "/docs/"})
    assert first.headers["Location"] == "/account/second-factor/authenticate/"
    assert client.get("/").status_code == 302
    assert client.get("/subjects").status_code == 403
    wrong = client.post("/account/second-factor/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    right = client.post("/account/second-factor/authenticate/", {"code": code_of(secret)})
    assert right.headers["Location"] == "/docs/"
    assert client.get("/subjects").status_code == 200


def test_codes_are_limited_together_with_passwords(world: World) -> None:
    protect(world, "alice")
    client = Client()
    client.post("/login", {"username": "alice", "password": PASSWORD})
    codes = [client.post("/account/second-factor/authenticate/", {"code": "000000"}) for _ in range(10)]
    assert [answer.status_code for answer in codes] == [200] * 9 + [429]
    assert 0 < int(codes[-1].headers["Retry-After"]) <= 120  # the window slides into the next minute


def test_a_code_works_once(world: World) -> None:
    secret = protect(world, "alice")
    code = code_of(secret)
    answers = []
    for _ in range(2):
        client = Client()
        client.post("/login", {"username": "alice", "password": PASSWORD})
        answers.append(client.post("/account/second-factor/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_a_sign_in_link_asks_for_the_code_too(world: World) -> None:
    protect(world, "alice")
    client = Client()
    path = sign_in_link("alice", "http://x").removeprefix("http://x")
    assert client.post(path).headers["Location"] == "/account/second-factor/authenticate/"
    assert client.get("/").status_code == 302


def test_the_session_is_a_new_one_after_log_in(world: World) -> None:
    client = Client()
    client.get("/login")
    session = client.session
    session["kept"] = 1
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post("/login", {"username": "alice", "password": PASSWORD})
    assert client.session.session_key != before


def test_logging_out_takes_a_post(world: World) -> None:
    client = visit(world, "alice")
    assert client.get("/logout").status_code == 405
    assert client.get("/account/").status_code == 200
    client.post("/logout")
    assert client.get("/account/").status_code == 302


def test_an_unknown_user_and_a_wrong_password_are_told_the_same(world: World) -> None:
    said = {
        Client().post("/login", {"username": name, "password": "x"}).context["form"].non_field_errors()[0]
        for name in ("alice", "nobody")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    ("rule", "name", "led"),
    [("administrators", "root", True), ("administrators", "alice", False), ("everybody", "alice", True)],
)
def test_the_lab_may_require_a_second_factor(world: World, settings: Any, rule: str, name: str, led: bool) -> None:
    settings.BREGMA_REQUIRE_TOTP = rule
    client = visit(world, name)
    answer = client.get("/")
    assert (answer.status_code == 302 and "totp/activate" in answer.headers["Location"]) is led
    assert client.get("/account/").status_code == 200
    protect(world, name)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("role", "page"), [("technician", "/today/"), ("manager", "/"), ("", "/")])
def test_technicians_begin_with_the_work_of_the_day(world: World, role: str, page: str) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role=role)
    said = {"username": "bob", "password": PASSWORD}
    assert Client().post("/login", said).headers["Location"] == page
    assert Client().post("/login?next=/colony/", said).headers["Location"] == "/colony/"
