"""How often an account may ask."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from bregma.alyx.api.throttles import RequestThrottle


@pytest.mark.parametrize(("name", "last"), [("alice", 429), ("root", 200)])
def test_members_wait_after_many_requests_and_administrators_do_not(
    name: str, last: int, client_of: Callable[[str], APIClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RequestThrottle, "rate", "3/minute", raising=False)
    client = client_of(name)
    answers = [client.get("/labs") for _ in range(4)]
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    assert answers[3].status_code == last
    assert ("Retry-After" in answers[3].headers) == (last == 429)
