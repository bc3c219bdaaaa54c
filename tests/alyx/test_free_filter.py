"""The free filter ``django=``: literals only, no secrets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.actions.models import Session
from bregma.alyx.api.terms import parse_terms
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.misc.models import LabMember

MEMBER = LabMember(username="alice")


def numbers(client: APIClient, text: str) -> list[int]:
    answer = client.get("/sessions", {"django": text})
    assert answer.status_code == 200, answer.content
    return sorted(row["number"] for row in answer.json()["results"])


@pytest.fixture
def client(client_of: Clients, world: World) -> APIClient:
    Session.objects.filter(pk=world.session.pk).update(n_trials=400, extended_qc={"tracing": 1, "deep": {"a": "x"}})
    make_session(world.subject, number=2, day=date(2024, 2, 2))
    make_dataset(make_session(world.subject, number=3, day=date(2024, 3, 3)), tag=Tag.objects.create(name="one"))
    return client_of("alice")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("number,1", [1]),
        ("~number,1", [2, 3]),
        ("number__in,[1, 3]", [1, 3]),
        ("number__in,(1, 2)", [1, 2]),
        ("number__in,[]", []),
        ("number__range,[2, 3]", [2, 3]),
        ("n_trials__isnull,true", [2, 3]),
        ("n_trials,None", [2, 3]),
        ("n_trials,400.0", [1]),
        ("subject__nickname,KS014,number__gt,1", [2, 3]),
        ("subject__nickname__istartswith,ks", [1, 2, 3]),
        ("start_time__date,2024-02-02", [2]),
        ("start_time__gte,2024-02-02T10:00:00", [2, 3]),
        ("start_time__lt,2024-02-02", [1]),
        ("start_time__month,3", [3]),
        ("data_dataset_session_related__tags__name,one", [3]),
        ("~data_dataset_session_related__name__icontains,trials", [1, 2]),
        ("extended_qc__tracing,1", [1]),
        ("extended_qc__deep__a,x", [1]),
        ("subject__responsible_user__username,alice", [1, 2, 3]),
        ("qc__lte,0", [1, 2, 3]),
    ],
)
def test_pairs_of_field_and_value_choose_rows(client: APIClient, text: str, found: list[int]) -> None:
    assert numbers(client, text) == found


def test_lists_of_ids_are_read_as_clients_write_them(client: APIClient, world: World) -> None:
    assert numbers(client, f"id__in,['{world.session.pk}']") == [1]
    assert numbers(client, f"pk,{world.session.pk}") == [1]
    assert client.get("/sessions", {"extended_qc": "tracing,1"}).json()["count"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "number",
        "number,(999+1)",
        "number__in,__import__('os').getcwd()",
        "number,x",
        "nothing,1",
        "number__regex,.",
        "start_time,soon",
        "n_trials__isnull,maybe",
        "number__in,5",
        "id,notauuid",
        "subject__responsible_user__password__startswith,pbkdf2",
        "users__auth_token__key__startswith,0",
        "users__is_superuser,true",
        "users__last_login__isnull,true",
        "number__gt,None",
        "number__in,None",
        "subject__contains,KS014",
        "users__range,[1, 2]",
        "start_time__year,99999",
        "start_time__year,99999999999999999999",
        f"json__{'__'.join('a' * 500)},1",
        "data_dataset_session_related__file_records__data_repository__json__x,1",
        "subject__lab__subject__lab__subject__lab__subject__lab__name,x",
        ",".join("number,1" for _ in range(31)),
    ],
)
def test_secrets_code_and_nonsense_are_refused(client: APIClient, text: str) -> None:
    answer = client.get("/sessions", {"django": text})
    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert len(answer.json()["detail"]) > 20


def test_the_public_does_not_search_through_relations(client_of: Clients, client: APIClient) -> None:
    visitor = client_of("visitor")
    assert visitor.get("/sessions", {"django": "subject__nickname,KS014"}).status_code == 200
    assert visitor.get("/sessions", {"django": "users__username,alice"}).status_code == 400
    assert visitor.get("/sessions", {"django": "subject__weighings__weight__gt,1"}).status_code == 400


@pytest.mark.parametrize("endpoint", ["labs", "sessions"])
def test_the_public_does_not_search_backwards_into_rows_it_may_not_read(client_of: Clients, endpoint: str) -> None:
    path = "projects__session" if endpoint == "sessions" else "session"
    answer = client_of("visitor").get(f"/{endpoint}", {"django": f"{path}__narrative__startswith,a"})
    assert answer.status_code == 400, answer.content


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_never_worse(text: str) -> None:
    try:
        terms = parse_terms(text, Dataset, MEMBER)
    except InvalidRequest:
        return
    assert terms
