"""Whatever is written into a filter: an answer or a refusal, never a fault, never code, never a secret."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World, make_dataset

from bregma.alyx.api.terms.paths import DAY_PARTS, MOMENT_PARTS, OF_ARRAY, OF_JSON
from bregma.alyx.api.terms.relations import RELATIONS
from bregma.alyx.api.urls import router

LANGUAGES = ("django", "json", "extended_qc")
SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def views() -> list[tuple[str, Any]]:
    """Return the address and the view set of every list that knows a filter language."""
    lists = [(f"/{prefix}", kind) for prefix, kind, _ in router.registry]
    return [(path, kind) for path, kind in lists if languages(kind)]


def languages(kind: Any) -> list[str]:
    filters = getattr(kind, "filterset_class", None)
    return [name for name in LANGUAGES if filters is not None and name in filters.base_filters]


def parts() -> list[str]:
    """Return words that paths are made of: relations, columns, lookups, secrets, nonsense."""
    relations = {name for names in RELATIONS.values() for name in names.split()}
    columns = {"id", "pk", "name", "nickname", "json", "qc", "number", "start_time", "birth_date", "email", "x", "hash"}
    secrets = {"password", "auth_token", "key", "is_superuser", "groups", "api_tokens", "__class__", "_meta"}
    return sorted(relations | columns | secrets | DAY_PARTS | MOMENT_PARTS | OF_JSON | OF_ARRAY | {"", "0", "len", "$"})


NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -(10**19), 2**63, 1e308])).map(str)
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["None", "true", "False", "[]", "()", "{}", "[[]]", "'", "2024-01-31", "24:61", "\x00", "\ud800"]),
    st.uuids().map(str),
    NUMBERS,
)
LISTS = st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)), max_size=4)
VALUES = st.one_of(WORDS, LISTS.map(repr), LISTS.map(tuple).map(repr))


@st.composite
def texts(draw: DrawFn) -> str:
    """Make a filter that looks like one, or any text."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.text(max_size=80))
    paths = st.lists(st.sampled_from(parts()), min_size=1, max_size=5).map("__".join)
    pairs = draw(st.lists(st.tuples(st.sampled_from(["", "~"]), paths, VALUES), min_size=1, max_size=2))
    return ",".join(f"{sign}{path},{value}" for sign, path, value in pairs)


def ask_everywhere(client: APIClient, text: str, only: slice = slice(None)) -> None:
    for path, kind in list(views())[only]:
        for name in languages(kind):
            answer = client.get(path, {name: text.encode("utf-8", "replace"), "limit": 1})
            assert answer.status_code in (200, 400), (path, name, text, answer.content)


@pytest.fixture
def client(client_of: Clients, world: World, monkeypatch: pytest.MonkeyPatch) -> APIClient:
    monkeypatch.setattr("bregma.alyx.api.throttles.RequestThrottle.rate", "9000000/minute", raising=False)
    make_dataset(world.session)
    return client_of("alice")


def test_all_lists_with_a_table_of_the_contract_are_asked() -> None:
    paths = {path for path, _ in views()}
    assert {"/sessions", "/subjects", "/datasets", "/insertions", "/users", "/files"} <= paths


@settings(max_examples=40, deadline=None, suppress_health_check=SUPPRESSED)
@given(text=texts(), where=st.integers(0, 60))
def test_any_filter_is_answered_or_refused(client: APIClient, text: str, where: int) -> None:
    n = len(list(views()))
    ask_everywhere(client, text, slice(where % n, where % n + 1))


@pytest.mark.long
@settings(max_examples=500, deadline=None, suppress_health_check=SUPPRESSED)
@given(text=texts())
def test_any_filter_is_answered_or_refused_by_every_list(client: APIClient, text: str) -> None:
    ask_everywhere(client, text)


ATTACKS = [
    "number__in,[__import__('os').system('touch {marker}')]",
    "number,(__import__('os').system('touch {marker}'))",
    "json__x,[open('{marker}', 'w')]",
    "json__x,{{'a': open('{marker}', 'w')}}",
    "name__in,[x for x in open('{marker}', 'w')]",
    "name__in,[(lambda: open('{marker}', 'w'))()]",
    "name__in,[f\"{{open('{marker}', 'w')}}\"]",
    "name__in,['a'.__class__]",
    "name__in,[UUID(open('{marker}', 'w'))]",
    "name__in,['a' * 10 ** 10]",
    "name__regex,(x+x+)+y",
    "name__regex,(.*)*(.*)*$",
    "name__iregex,((a{{1,255}}){{1,255}}){{1,255}}",
    "name,x') OR 1=1 --",
    "name__a' OR 1=1 --,x",
    "json__a'::text) OR 1=1 --,1",
    "json__" + "__".join("a" * 400) + ",1",
    "name__in," + "[" * 5000,
    "name__in," + "-" * 5000 + "1",
    "name," + "9" * 20000,
    "id," + "0" * 5000,
    "pk__gt,1e999999999",
    "name,\x00",
    "name,\ud800",
    "name,\u202e\U0010ffff",
    "_meta__db_table,x",
    "objects__all,1",
    "pk__delete,1",
    "name__exact__delete,1",
]


def test_no_attack_runs_code_or_breaks_a_list(client: APIClient, tmp_path: Path) -> None:
    marker = tmp_path / "was-here"
    for i, attack in enumerate(ATTACKS):
        ask_everywhere(client, attack.format(marker=marker), slice(i % 4, None, 4))
    assert not marker.exists()


SECRETS = (
    "password",
    "auth_token__key",
    "api_tokens__digest",
    "last_login",
    "is_superuser",
    "groups__name",
    "user_permissions__id",
)
WALKS = (
    "users",
    "created_by",
    "user",
    "responsible_user",
    "session__users",
    "subject__responsible_user",
    "delegated_by",
)


def test_no_walk_reaches_a_secret(client_of: Clients, client: APIClient) -> None:
    for name in ("root", "alice"):
        asker = client_of(name)
        for i, (path, _) in enumerate(views()):
            for walk in ("", f"{WALKS[i % len(WALKS)]}__"):
                answer = asker.get(path, {"django": f"{walk}{SECRETS[len(walk) % len(SECRETS)]}__startswith,a"})
                assert answer.status_code == 400, (path, walk)
        for secret in SECRETS:
            assert asker.get("/users", {"django": f"{secret}__isnull,false"}).status_code == 400, secret
            assert asker.get("/sessions", {"django": f"users__{secret}__isnull,false"}).status_code == 400, secret
        for path, walk in (("files", "data_repository__"), ("labs", "repositories__")):
            assert asker.get(f"/{path}", {"django": f"{walk}json__secret,x"}).status_code == 400, path


def test_the_fuzz_covers_every_language(client: APIClient) -> None:
    assert {name for _, kind in views() for name in languages(kind)} == set(LANGUAGES)
