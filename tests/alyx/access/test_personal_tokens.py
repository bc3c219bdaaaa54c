"""Personal tokens: their scopes and end, and what a second factor asks of programs."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from rest_framework.test import APIClient
from tests.alyx.factories import PASSWORD, World, make_dataset

from bregma.alyx import accounts
from bregma.alyx.access import tokens
from bregma.alyx.access.models import ApiToken
from bregma.alyx.actions.models import Weighing

INVALID = {"detail": "Invalid token.", "status_code": 403}
WEIGHING = {"subject": "KS014", "weight": 20.5}
SESSION = {"subject": "KS014", "start_time": "2024-03-01T09:00:00", "number": 1}


def client_with(world: World, name: str, *scopes: str) -> APIClient:
    text = tokens.create_token(world.people[name], name="test", days=10, scopes=scopes or ("read",))[1]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def test_a_token_for_reading_reads_and_writes_nothing(world: World) -> None:
    client = client_with(world, "alice")
    assert client.get("/subjects").json()["count"] == 1
    refused = client.post("/weighings", WEIGHING, format="json")
    assert refused.status_code == 403
    assert "may only read" in refused.json()["detail"]
    assert client.patch("/users/alice", {"email": "x@example.org"}, format="json").status_code == 403
    assert client.delete(f"/sessions/{world.session.pk}").status_code == 403
    assert not Weighing.objects.exists()


@pytest.mark.parametrize(
    ("scope", "weighs", "records", "renames", "makes_lab"),
    [
        ("husbandry", True, False, False, False),
        ("register", False, True, False, False),
        ("write", True, True, False, False),
        ("admin", True, True, True, True),
    ],
)
def test_each_scope_writes_its_part(
    world: World, scope: str, weighs: bool, records: bool, renames: bool, makes_lab: bool
) -> None:
    client = client_with(world, "root", scope)
    assert (client.post("/weighings", WEIGHING, format="json").status_code == 201) is weighs
    assert (client.post("/sessions", SESSION, format="json").status_code == 201) is records
    assert (client.patch("/users/alice", {"email": "x@example.org"}, format="json").status_code == 200) is renames
    assert (client.post("/labs", {"name": "newlab"}, format="json").status_code == 201) is makes_lab


def test_a_scope_never_gives_more_than_the_person_has(world: World) -> None:
    client = client_with(world, "charlie", "admin")
    assert client.post("/weighings", WEIGHING, format="json").status_code == 403


def test_expired_revoked_and_unknown_tokens_are_refused_in_the_same_words(world: World) -> None:
    expired, revoked, closed = (client_with(world, name) for name in ("alice", "bob", "dora"))
    long_ago = timezone.now() - timedelta(days=40)
    ApiToken.objects.filter(user=world.people["alice"]).update(
        created=long_ago, expires_at=long_ago + timedelta(days=10)
    )
    tokens.revoke_token(ApiToken.objects.get(user=world.people["bob"]).pk, by=world.people["bob"])
    world.people["dora"].is_active = False
    world.people["dora"].save()
    unknown = APIClient()
    unknown.credentials(HTTP_AUTHORIZATION="Token brg_" + "x" * 43)
    answers = [client.get("/subjects") for client in (expired, revoked, closed, unknown)]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert [answer.json() for answer in answers] == [INVALID] * 4


def test_use_is_noted_but_not_at_every_request(world: World, django_assert_num_queries: Any) -> None:
    client = client_with(world, "alice")
    client.get("/me")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(1):
        client.get("/me")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=11))
    client.get("/me")
    assert ApiToken.objects.get().last_used_at > first - timedelta(minutes=1)


def test_the_row_keeps_a_digest_and_no_token(world: World) -> None:
    row, text = tokens.create_token(world.people["alice"], name="rig", days=365)
    kept = str(ApiToken.objects.filter(pk=row.pk).values().get())
    assert text not in kept
    assert text[12:] not in kept
    assert row.digest == tokens.digest_of(text)


@pytest.mark.parametrize(
    ("days", "scopes", "words"),
    [(0, ["read"], "1 to 365 days"), (366, ["read"], "1 to 365 days"), (5, ["fly"], "no scope is called 'fly'")],
)
def test_a_token_without_end_or_with_an_unknown_scope_is_refused(
    world: World, days: int, scopes: list[str], words: str
) -> None:
    with pytest.raises(accounts.AccountError, match=words):
        tokens.create_token(world.people["alice"], name="rig", days=days, scopes=scopes)


def test_others_do_not_revoke_a_token_and_administrators_do(world: World) -> None:
    row, _ = tokens.create_token(world.people["alice"], name="rig", days=5)
    with pytest.raises(PermissionDenied, match="another's"):
        tokens.revoke_token(row.pk, by=world.people["bob"])
    assert tokens.revoke_token(row.pk, by=world.people["root"]).revoked_at is not None


def basic(name: str, password: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def store_path(world: World) -> str:
    record = make_dataset(world.session).file_records.get()
    stem, dot, extension = record.relative_path.rpartition(".")
    return f"/store/{world.lab}/Subjects/{stem}.{record.dataset_id}{dot}{extension}"


def test_the_store_takes_a_token_in_place_of_the_password(world: World) -> None:
    text = tokens.create_token(world.people["alice"], name="sync", days=5)[1]
    path = store_path(world)
    assert APIClient().get(path, **basic("alice", text)).status_code == 404  # registered, but not sent yet
    assert APIClient().get(path, **basic("bob", text)).json()["detail"] == "Invalid token."
    assert (
        APIClient().put(path, b"x", content_type="application/octet-stream", **basic("alice", text)).status_code == 403
    )


def test_with_a_second_factor_a_password_gives_no_token_and_opens_no_store(world: World) -> None:
    path = store_path(world)
    assert APIClient().get(path, **basic("alice", PASSWORD)).status_code == 404
    TOTP.activate(world.people["alice"], generate_totp_secret())
    refused = APIClient().post("/auth-token", {"username": "alice", "password": PASSWORD})
    assert refused.status_code == 400
    assert "personal token" in refused.json()["non_field_errors"][0]
    assert "personal token" in APIClient().get(path, **basic("alice", PASSWORD)).json()["detail"]
    wrong = APIClient().post("/auth-token", {"username": "alice", "password": "wrong"})
    assert wrong.json()["non_field_errors"] == ["Unable to log in with provided credentials."]
