"""Signing a program in by a browser: the code it shows, the page, and who may approve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from tests.alyx.in_process import make_client

from bregma.alyx.access import devices
from bregma.alyx.access.models import ApiToken, DeviceCode
from bregma.alyx.history.models import Event
from bregma.one import AuthenticationError, sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.alyx.factories import World

    from bregma.one.server.signing_in import DeviceCode as DeviceCodeShown

APPROVAL = {"scopes": ["read", "husbandry"], "days": 30, "decision": "approve"}
Enter = Callable[[str], Client]


@pytest.fixture
def codes(world: World) -> dict[str, Any]:
    """Return what a terminal got that began to sign in."""
    return dict(APIClient().post("/auth/device", {"name": "rig 3"}, format="json").json())


def poll(codes: dict[str, Any]) -> Any:
    DeviceCode.objects.update(last_used_at=None)  # as if some seconds had passed
    return APIClient().post("/auth/device/token", {"device_code": codes["device_code"]}, format="json")


def test_an_approved_program_gets_one_token_of_that_person(codes: dict[str, Any], enter: Enter) -> None:
    assert codes["verification_uri_complete"] == f"http://testserver/connect?code={codes['user_code']}"
    assert (poll(codes).status_code, poll(codes).json()["error"]) == (400, "authorization_pending")
    page = enter("alice").get("/connect", {"code": codes["user_code"].lower()})
    assert b"rig 3 asks to be let in" in page.content
    assert b"127.0.0.1" in page.content
    assert enter("alice").post("/connect", {**APPROVAL, "code": codes["user_code"]}).url == "/account/tokens/"
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {poll(codes).json()['token']}")
    assert client.get("/me").json()["username"] == "alice"
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("rig 3", ["read", "husbandry"])
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    assert poll(codes).json()["error"] == "expired_token"


def test_nothing_is_approved_by_looking_or_by_a_form_without_the_button(codes: dict[str, Any], enter: Enter) -> None:
    alice = enter("alice")
    alice.get("/connect", {"code": codes["user_code"], "decision": "approve"})
    assert poll(codes).json()["error"] == "authorization_pending"
    alice.post("/connect", {**APPROVAL, "decision": "", "code": codes["user_code"]})
    assert poll(codes).json()["error"] == "access_denied"
    assert not ApiToken.objects.exists()


def test_who_refuses_ends_it(codes: dict[str, Any], enter: Enter) -> None:
    enter("alice").post("/connect", {"code": codes["user_code"], "decision": "refuse"})
    enter("bob").post("/connect", {**APPROVAL, "code": codes["user_code"]})
    assert poll(codes).json()["error"] == "access_denied"
    assert not DeviceCode.objects.exists()


def test_what_one_approved_no_other_takes_over(codes: dict[str, Any], enter: Enter) -> None:
    enter("alice").post("/connect", {**APPROVAL, "code": codes["user_code"]})
    answer = enter("charlie").post("/connect", {**APPROVAL, "code": codes["user_code"]})
    assert b"No program waits" in answer.content
    assert DeviceCode.objects.get().user.username == "alice"


@pytest.mark.parametrize(("name", "status"), [("anonymous", 302), ("visitor", 403), ("bob", 302), ("charlie", 302)])
def test_only_members_with_an_account_of_their_own_approve(
    codes: dict[str, Any], enter: Enter, name: str, status: int
) -> None:
    answer = enter(name).post("/connect", {**APPROVAL, "code": codes["user_code"]})
    assert answer.status_code == status
    person = DeviceCode.objects.get().user
    assert (person.username if person else None) == (name if name in {"bob", "charlie"} else None)


def test_who_must_log_in_first_comes_back_with_the_code(codes: dict[str, Any], enter: Enter) -> None:
    answer = enter("anonymous").get("/connect", {"code": codes["user_code"]})
    assert answer.url.startswith("/login")
    assert codes["user_code"] in answer.url


def test_codes_expire_and_are_kept_as_digests_only(codes: dict[str, Any], enter: Enter) -> None:
    told = str(DeviceCode.objects.values().get()) + str(list(Event.objects.filter(table="access_devicecode").values()))
    assert codes["device_code"] not in told
    assert codes["user_code"] not in told
    DeviceCode.objects.update(created=timezone.now() - timedelta(hours=1), expires_at=timezone.now())
    assert b"No program waits" in enter("alice").get("/connect", {"code": codes["user_code"]}).content
    assert poll(codes).json()["error"] == "expired_token"
    DeviceCode.objects.update(expires_at=timezone.now() - timedelta(minutes=30))
    devices.begin("another")
    assert DeviceCode.objects.get().name == "another"


def test_a_program_that_asks_too_often_is_told_to_slow_down(codes: dict[str, Any]) -> None:
    poll(codes)
    again = APIClient().post("/auth/device/token", {"device_code": codes["device_code"]}, format="json")
    assert again.json()["error"] == "slow_down"


def test_codes_cannot_be_guessed_in_number(codes: dict[str, Any], enter: Enter) -> None:
    alice = enter("alice")
    answers = [alice.get("/connect", {"code": f"BCDF-GHJ{letter}"}).status_code for letter in devices.LETTERS[:12]]
    assert answers[-1] == 429


def test_a_closed_account_gets_no_token(codes: dict[str, Any], enter: Enter, world: World) -> None:
    enter("alice").post("/connect", {**APPROVAL, "code": codes["user_code"]})
    type(world.people["alice"]).objects.filter(username="alice").update(is_active=False)
    assert poll(codes).json()["error"] == "access_denied"


def test_the_history_tells_who_approved(codes: dict[str, Any], enter: Enter, world: World) -> None:
    enter("alice").post("/connect", {**APPROVAL, "code": codes["user_code"]})
    event = Event.objects.get(table="access_devicecode", kind="U")
    assert event.after["user_id"] == str(world.people["alice"].pk)


def test_no_page_of_others_approves(codes: dict[str, Any], world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.people["alice"])
    assert browser.post("/connect", {**APPROVAL, "code": codes["user_code"]}).status_code == 403
    assert browser.get("/connect", {"code": codes["user_code"]}).headers["X-Frame-Options"] == "DENY"
    assert DeviceCode.objects.get().user is None


def test_no_program_writes_its_name_backwards_or_over_others(world: World) -> None:
    APIClient().post("/auth/device", {"name": "rig\u202e3\u200b elbatsurt"}, format="json")
    assert DeviceCode.objects.get().name == "rig3 elbatsurt"


@pytest.fixture
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a program ask again at once."""
    monkeypatch.setattr(devices, "INTERVAL", timedelta(0))


def test_the_client_signs_in_by_browser_and_keeps_its_token(enter: Enter, no_haste: None, tmp_path: Path) -> None:
    def approve(code: DeviceCodeShown) -> None:
        enter("alice").post("/connect", {**APPROVAL, "code": code.user_code})

    assert sign_in(browser=True, show=approve, client=make_client(tmp_path)).user == "alice"
    assert make_client(tmp_path).rest("subjects", "list")[0]["nickname"] == "KS014"
    assert make_client(tmp_path).username == "alice"


def test_the_client_tells_that_it_was_refused(enter: Enter, no_haste: None, tmp_path: Path) -> None:
    def refuse(code: DeviceCodeShown) -> None:
        enter("alice").post("/connect", {"decision": "refuse", "code": code.user_code})

    client = make_client(tmp_path)
    with pytest.raises(AuthenticationError, match="was refused in the browser"):
        sign_in(browser=True, show=refuse, client=client)
    assert not client.logins.path.exists()
