"""How often one may ask: per account and address, shared by all processes, never locking out a neighbour."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.settings import api_settings
from rest_framework.test import APIClient
from tests.alyx.factories import PASSWORD, Clients, World

from bregma.alyx.access.tokens import create_token
from bregma.alyx.api.rates import RateCounter
from bregma.alyx.api.throttles import AddressThrottle, LogInThrottle, RequestThrottle, SustainedThrottle
from bregma.alyx.watch.environment import RateInvalid, throttle_rates

RIG, OTHER = "10.1.0.7", "10.1.0.8"


@pytest.fixture
def counter(tmp_path: Path) -> RateCounter:
    return RateCounter(tmp_path / "run" / "rates")


def statuses(client: APIClient, n: int, **more: Any) -> list[int]:
    return [client.get("/labs", **more).status_code for _ in range(n)]


def test_a_refusal_says_how_long_to_wait(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RequestThrottle, "rate", "2/minute", raising=False)
    client = client_of("alice")
    assert statuses(client, 2) == [200, 200]
    refused = client.get("/labs")
    assert refused.status_code == 429
    assert refused.json()["status_code"] == 429
    assert list(refused.json()) == ["detail", "status_code"]
    assert 0 < int(refused.headers["Retry-After"]) <= 120


def test_one_bad_client_does_not_lock_out_the_rigs(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RequestThrottle, "rate", "2/minute", raising=False)
    monkeypatch.setattr(AddressThrottle, "rate", "2/minute", raising=False)
    alice = client_of("alice")
    assert statuses(alice, 3, REMOTE_ADDR=OTHER)[-1] == 429
    assert statuses(alice, 1, REMOTE_ADDR=RIG) == [200], "the same account elsewhere"
    assert statuses(client_of("bob"), 1, REMOTE_ADDR=OTHER) == [200], "another account at the address"
    assert statuses(client_of("anonymous"), 3, REMOTE_ADDR=OTHER) == [403, 403, 429]
    assert statuses(client_of("bob"), 1, REMOTE_ADDR=OTHER) == [200], "an account where a stranger was refused"


def test_a_personal_token_counts_for_itself(client_of: Clients, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RequestThrottle, "rate", "1/minute", raising=False)
    assert statuses(client_of("alice"), 2) == [200, 429]
    _, text = create_token(world.people["alice"], name="rig", days=1)
    rig = APIClient()
    rig.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert statuses(rig, 2) == [200, 429]


def test_a_sustained_rate_holds_wherever_an_account_asks(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SustainedThrottle, "rate", "2/day", raising=False)
    client = client_of("alice")
    assert [statuses(client, 1, REMOTE_ADDR=f"10.0.0.{i}")[0] for i in range(3)] == [200, 200, 429]
    assert statuses(client_of("root"), 4) == [200] * 4


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 403)])
def test_addresses_behind_a_proxy_are_those_that_it_names(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch, proxies: int, last: int
) -> None:
    monkeypatch.setattr(AddressThrottle, "rate", "2/minute", raising=False)
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    client = client_of("anonymous")
    for i in range(2):
        client.get("/labs", HTTP_X_FORWARDED_FOR=f"9.9.9.9, 10.2.0.{i}")
    assert client.get("/labs", HTTP_X_FORWARDED_FOR="9.9.9.9, 10.2.0.5").status_code == last


def test_a_forged_address_is_no_new_address(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressThrottle, "rate", "2/minute", raising=False)
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1)
    client = client_of("anonymous")
    answers = [client.get("/labs", HTTP_X_FORWARDED_FOR=f"1.1.1.{i}, 10.2.0.1").status_code for i in range(3)]
    assert answers == [403, 403, 429]


def test_guessing_the_password_of_one_account_leaves_the_door_to_others(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogInThrottle, "rate", "2/minute", raising=False)
    client = client_of("anonymous")
    guess = {"username": "alice", "password": "x"}
    assert [client.post("/auth-token", guess).status_code for _ in range(3)] == [400, 400, 429]
    assert client.post("/auth-token", {"username": "bob", "password": PASSWORD}).status_code == 200
    many = [client.post("/auth-token", {"username": f"u{i}", "password": "x"}).status_code for i in range(12)]
    assert many[-1] == 429, "one address tries many names"


def test_passwords_in_the_header_are_counted_by_their_name(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogInThrottle, "rate", "1/minute", raising=False)
    client = client_of("anonymous")

    def ask(name: str) -> int:
        secret = base64.b64encode(f"{name}:wrong".encode()).decode()
        return client.get("/store/x", HTTP_AUTHORIZATION=f"Basic {secret}").status_code

    assert [ask("alice"), ask("alice"), ask("bob")] == [401, 429, 401]


@pytest.mark.parametrize("name", ["", "off", "0", "none"])
def test_a_limit_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("THROTTLE_BURST_RATE", name)
    assert throttle_rates()["user"] is None


def test_rates_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROTTLE_BURST_RATE", "10/min")
    monkeypatch.setenv("BREGMA_THROTTLE_SUSTAINED_RATE", "1000/hour")
    assert throttle_rates() == {
        "user": "10/min",
        "anonymous": "550/minute",
        "sustained": "1000/hour",
        "log_in": "10/minute",
    }
    monkeypatch.setenv("THROTTLE_BURST_RATE", "often")
    with pytest.raises(RateInvalid, match="THROTTLE_BURST_RATE='often'"):
        throttle_rates()


def test_all_processes_count_together(counter: RateCounter, tmp_path: Path) -> None:
    path = tmp_path / "run" / "rates"
    count = f"""
from pathlib import Path
from bregma.alyx.api.rates import RateCounter
counter = RateCounter(Path({str(path)!r}))
print(sum(counter.take("rig", most=300, seconds=60, now=1000.0) == 0 for _ in range(200)))
"""
    programs = [subprocess.Popen([sys.executable, "-c", count], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counted = [int(program.communicate()[0]) for program in programs]
    assert sum(counted) == 300
    assert counter.take("rig", most=300, seconds=60, now=1000.0) > 0


def test_the_wait_ends_when_one_more_is_allowed(counter: RateCounter) -> None:
    now = 6000.0
    while (wait := counter.take("a", most=5, seconds=60, now=now)) == 0:
        now += 1
    assert counter.take("a", most=5, seconds=60, now=now + wait - 0.1) > 0
    assert counter.take("a", most=5, seconds=60, now=now + wait + 0.1) == 0
    assert counter.take("b", most=5, seconds=60, now=now) == 0


@given(steps=st.lists(st.floats(0, 40), min_size=1, max_size=80), most=st.integers(1, 9))
def test_no_window_has_twice_the_events_that_are_allowed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[float], most: int
) -> None:
    counter = RateCounter(tmp_path_factory.getbasetemp() / "rates")
    counter.clear()
    now, taken = 60_000.0, []
    for step in steps:
        now += step
        if counter.take("a", most=most, seconds=60, now=now) == 0:
            taken.append(now)
    for start in taken:
        assert sum(start <= at < start + 60 for at in taken) < 2 * most + 1


def test_many_keys_forget_the_oldest_only(counter: RateCounter) -> None:
    for i in range(3000):
        counter.take(f"old {i}", most=1, seconds=60, now=60.0)
    assert counter.take("rig", most=1, seconds=60, now=6000.0) == 0
    for i in range(3000):
        counter.take(f"new {i}", most=1, seconds=60, now=6001.0)
    assert counter.take("rig", most=1, seconds=60, now=6002.0) > 0
