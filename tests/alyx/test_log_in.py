"""Tokens for passwords, and what is said to those without."""

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import PASSWORD, Clients, World

NO_CREDENTIALS = {"detail": "Authentication credentials were not provided.", "status_code": 403}


@pytest.mark.parametrize("layout", ["json", "multipart"])
def test_a_right_password_gives_a_token_and_nothing_else(client_of: Clients, layout: str) -> None:
    answer = client_of("anonymous").post("/auth-token", {"username": "alice", "password": PASSWORD}, format=layout)
    assert answer.status_code == 200
    assert list(answer.json()) == ["token"]
    assert len(answer.json()["token"]) == 40


def test_a_wrong_password_is_said_to_be_wrong(client_of: Clients) -> None:
    answer = client_of("anonymous").post("/auth-token", {"username": "alice", "password": "x"})
    assert answer.status_code == 400
    assert answer.json() == {
        "non_field_errors": ["Unable to log in with provided credentials."],
        "status_code": 400,
    }


def test_the_eleventh_attempt_in_a_minute_has_to_wait(client_of: Clients) -> None:
    client = client_of("anonymous")
    attempts = [client.post("/auth-token", {"username": "alice", "password": str(i)}) for i in range(11)]
    assert [answer.status_code for answer in attempts] == [400] * 10 + [429]
    assert 0 < int(attempts[-1].headers["Retry-After"]) <= 120  # the window slides into the next minute


def test_no_token_and_a_wrong_token_are_refused_with_403(client_of: Clients, world: World) -> None:
    assert client_of("anonymous").get("/sessions").json() == NO_CREDENTIALS
    wrong = APIClient()
    wrong.credentials(HTTP_AUTHORIZATION="Token " + "f" * 40)
    answer = wrong.get("/sessions")
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token.", "status_code": 403})


def test_me_names_who_asks(client_of: Clients) -> None:
    assert client_of("alice").get("/me").json()["username"] == "alice"
    assert client_of("anonymous").get("/me").json() == NO_CREDENTIALS


def test_a_browser_session_writes_only_with_its_csrf_token(world: World) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(world.people["alice"])
    assert browser.get("/subjects").status_code == 200
    assert browser.post("/weighings", {"subject": "KS014", "weight": 20}).status_code == 403
