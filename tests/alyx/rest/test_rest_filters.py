"""The filter languages django=, json= and extended_qc=: what clients and scripts send, and what is refused."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from tests.alyx.factories import PASSWORD, Clients, World, make_dataset, make_session

from bregma.alyx import policy
from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import Session
from bregma.alyx.api.terms import apply_terms, is_time_out, time_limit
from bregma.alyx.api.terms.relations import OUTSIDE, RELATIONS, crossable
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import (
    BrainRegion,
    Channel,
    ProbeInsertion,
    TrajectoryEstimate,
)
from bregma.alyx.misc.models import LabMember, LabMembership
from bregma.alyx.policy import Reading, rule_of
from bregma.alyx.subjects.models import Project, Subject

LOOKUPS: dict[str, list[int]] = {
    "task_protocol,passive, imaging": [1],
    "task_protocol,'passive, imaging',number,1": [1],
    "task_protocol,passive, imaging, number,1": [1],
    "task_protocol__iexact,TRAININGchoiceWorld": [2, 3],
    "task_protocol__endswith,World,": [2, 3],
    "task_protocol__regex,^pass.*ing$": [1],
    "~task_protocol__iregex,^PASS": [2, 3],
    "number,1,,n_trials,400.0": [1],
    "number,1,number,2": [],
    "number__icontains,1": [1],
    "qc,CRITICAL": [1],
    "qc__in,['CRITICAL', 'PASS']": [1],
    "qc__gt,49.5": [1],
    "number__lt,1000000000000000000000000000": [1, 2, 3],
    "number__in,[1, 1000000000000000000000000000]": [1],
    "id__in,[]": [],
    "~id__in,[]": [1, 2, 3],
    "start_time__year,2024,start_time__month__gte,2": [2, 3],
    "start_time__week_day,4": [1],
    "start_time__date__gte,2024-02-02": [2, 3],
    "start_time__date__range,('2024-02-01', '2024-02-28')": [2],
    "start_time__date__in,['2024-02-02']": [2],
    "start_time__time__lt,10:30": [1, 2, 3],
    "start_time__hour,10,start_time__quarter,1": [1, 2, 3],
    "start_time__range,['2024-02-01', '2024-02-28']": [2],
    "start_time__startswith,2024-03": [3],
    "n_trials__isnull,True": [2, 3],
    "subject__nickname__in,['KS014', 'KS015']": [1, 2, 3],
    "projects__name__icontains,brainwide": [2],
    "projects__name,brainwide_01,projects__name,brainwide_02": [2],
    "~projects__name__icontains,brainwide": [1, 3],
    "probe_insertion__name,probe00": [3],
    "probe_insertion__trajectory_estimate__provenance,70": [3],
    "probe_insertion__json__qc,CRITICAL": [3],
    "probe_insertion__json__extended_qc__alignment_count__gt,0": [3],
    "probe_insertion__json__extended_qc__has_key,alignment_count": [3],
    "data_dataset_session_related__tags__name,2022_Q2": [3],
    "~data_dataset_session_related__dataset_type__name__icontains,trials": [1, 2],
    "data_dataset_session_related__file_records__data_repository__name__startswith,local": [3],
    "data_dataset_session_related__isnull,true": [1, 2],
    "json__IS_MOCK,False": [1],
    "~json__IS_MOCK,True": [1, 3],
    "json__deep__er__x__gte,4.5": [1],
    "json__deep__er__x__in,[5, 'y']": [1],
    "json__deep__contains,{'er': {'x': 5}}": [1],
    "json__serial,'007'": [1],
    "json__serial__startswith,00": [1],
    "json__serial__icontains,07": [1],
    "json__day__gte,2024-01-01": [1],
    "json__a.b,1": [1],
    "json__has_key,serial": [1],
    "json__has_any_keys,['serial', 'none']": [1],
    "json__has_keys,['serial', 'none']": [],
    "json__isnull,True": [3],
    "extended_qc__note,None": [1],
    "extended_qc__list,[1, 2]": [1],
    "extended_qc__behavior__isnull,False": [1, 2],
    "lab__isnull,False,location,None": [1, 2, 3],
    "users__isnull,True": [1, 2, 3],
}
REFUSALS = [
    ("session__project__name,x", "did you mean projects?"),
    ("project__name,x", "did you mean projects?"),
    ("number__in,[1", "expected a list"),
    ("number__range,[1]", "of two"),
    ("qc,GOOD", "choices are: "),
    ("task_protocol__regex,(a+)+$", "slow"),
    ("task_protocol__regex,a{1000}", "slow"),
    (r"task_protocol__regex,(a)\1", "slow"),
    ("task_protocol__regex,[", "cannot be read"),
    ("task_protocol__regex," + "a" * 100 + "+", "100 characters"),
    ("task_protocol__regex," + "a" * 2001, "at most 2000"),
    ("number__regex,1", "no column or comparison"),
    ("narrative," + "a" * 3000, "at most 2000"),
    ("number__in," + "[" * 100 + "]" * 100, "nested too deeply"),
    ("number__in,[" + "1," * 10_001 + "]", "too many"),
    ("narrative," + "a" * 200_001, "too long"),
    ("json__x__in,[__import__('os').system('true')]", "texts and numbers only"),
    ("json__x__in,[open('/etc/passwd')]", "texts and numbers only"),
    ("number__in,[().__class__.__bases__]", "texts and numbers only"),
    ("number__in,[1 for x in 'a']", "texts and numbers only"),
    ("number__in,[1+1]", "texts and numbers only"),
    ("number__in,[-1e999]", "finite"),
    ("number," + "9" * 5000, "value"),
    ('json__"x");--,1', "letters, digits"),
    ("content_type__permission__name,x", "no field"),
    ("users__groups__name,x", "closed"),
    ("users__api_tokens__digest__startswith,a", "closed"),
    ("users__authenticator__data__isnull,false", "closed"),
    ("users__delegations_given__isnull,true", "closed"),
    ("users__comment__text,x", "closed"),
    ("users__emailaddress__email,x", "closed"),
    ("users__logentry__isnull,true", "closed"),
    ("users__date_joined__gte,2020-01-01", "closed"),
]


@pytest.fixture
def rows(world: World) -> World:
    """Add three sessions with what hangs on them."""
    first = world.session
    Session.objects.filter(pk=first.pk).update(
        n_trials=400,
        qc=50,
        task_protocol="passive, imaging",
        extended_qc={"_task_goCue_delays": 0.98, "behavior": 1, "resolved": True, "note": None, "list": [1, 2]},
        json={"IS_MOCK": False, "deep": {"er": {"x": 5}}, "serial": "007", "day": "2024-01-31", "a.b": 1},
    )
    second = make_session(world.subject, number=2, day=date(2024, 2, 2))
    Session.objects.filter(pk=second.pk).update(extended_qc={"behavior": 0}, json={"IS_MOCK": True})
    second.projects.add(Project.objects.create(name="brainwide_01"), Project.objects.create(name="brainwide_02"))
    third = make_session(world.subject, number=3, day=date(2024, 3, 3))
    make_dataset(third, tag=Tag.objects.create(name="2022_Q2", public=True))
    insertion = ProbeInsertion.objects.create(
        session=third, name="probe00", json={"qc": "CRITICAL", "extended_qc": {"alignment_count": 2}}
    )
    trajectory = TrajectoryEstimate.objects.create(
        probe_insertion=insertion, provenance=70, x=1, y=2, depth=3, theta=4, phi=5
    )
    region = BrainRegion.objects.first()
    assert region is not None
    Channel.objects.create(trajectory_estimate=trajectory, brain_region=region, axial=1, lateral=2)
    return world


def found(name: str, world: World, text: str, prefix: str = "") -> list[int]:
    chosen = apply_terms(Session.objects.order_by("number"), text, world.people[name], prefix=prefix)
    return [session.number for session in chosen]


def test_every_lookup_of_scripts_chooses_its_rows(rows: World) -> None:
    chosen = {text: found("alice", rows, text) for text in LOOKUPS}
    assert chosen == LOOKUPS


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("_task_goCue_delays__gte,0.5,behavior,1", [1]),
        ("_task_goCue_delays__gte,0.5;behavior,1", [1]),
        ("resolved,true", [1]),
        ("~behavior,1", [2, 3]),
        ("~_task_goCue_delays__lt,0.9", [1, 3]),
        ("absent,1", []),
    ],
)
def test_rows_without_a_key_are_left_out_as_the_framework_does(rows: World, text: str, numbers: list[int]) -> None:
    assert found("alice", rows, text, prefix="extended_qc__") == numbers


def test_identifiers_are_read_as_python_and_numpy_print_them(rows: World) -> None:
    key = rows.session.pk
    for value in (f"['{key}']", f"('{key}',)", f"[UUID('{key}')]", f"[np.str_('{key}')]", f'["{key}"]'):
        assert found("alice", rows, f"id__in,{value}") == [1], value
        assert found("alice", rows, f"pk__in,{value}") == [1], value
    assert found("alice", rows, f"subject,{rows.subject.pk}") == [1, 2, 3]
    assert found("alice", rows, f"subject__in,['{rows.subject.pk}']") == [1, 2, 3]
    assert found("alice", rows, f"subject_id,{rows.subject.pk}") == [1, 2, 3]
    assert found("alice", rows, f"subject__pk,{rows.subject.pk},subject__id,{rows.subject.pk}") == [1, 2, 3]


def test_a_search_of_sixteen_conditions_is_no_longer_than_real_ones(rows: World) -> None:
    text = (
        ",".join(f"~extended_qc___task_{i}__lt,0.9" for i in range(12))
        + ",qc__lte,50,number,3,~json__a,1,n_trials,None"
    )
    assert found("alice", rows, text) == [3]


def test_a_refusal_says_what_is_wrong_and_the_way_out(client_of: Clients, rows: World) -> None:
    client = client_of("root")
    for text, words in REFUSALS:
        answer = client.get("/sessions", {"django": text})
        assert (answer.status_code, answer.json()["status_code"]) == (400, 400), text
        assert words in answer.json()["detail"], text


@pytest.mark.parametrize("name", ["json", "extended_qc"])
def test_the_other_languages_refuse_as_this_one(client_of: Clients, rows: World, name: str) -> None:
    answer = client_of("alice").get("/sessions", {name: "x__in,[exit()]"})
    assert answer.status_code == 400
    assert "texts and numbers only" in answer.json()["detail"]


def test_a_guest_and_the_public_search_through_rows_that_they_may_read(rows: World) -> None:
    other = Subject.objects.create(nickname="X1", lab=rows.other_lab, responsible_user=rows.people["charlie"])
    make_session(other, number=9)
    rows.people["guest"] = create_user("guest", PASSWORD)
    LabMembership.objects.create(user=rows.people["guest"], lab=rows.lab, role="guest")
    assert found("guest", rows, "subject__nickname__startswith,X") == []
    assert found("alice", rows, "subject__nickname__startswith,X") == [9]
    assert found("guest", rows, "~subject__nickname,KS014") == [9]
    for name in ("guest", "visitor"):
        assert found(name, rows, "data_dataset_session_related__tags__name,2022_Q2") == [3]
        assert found(name, rows, "probe_insertion__name,probe00") == [3]
        assert found(name, rows, "probe_insertion__isnull,False") == [3]
        assert found(name, rows, "projects,None,number,3") == [3]
        assert found(name, rows, f"subject,{rows.subject.pk},number,1") == [1]
    Tag.objects.update(public=False)
    assert found("visitor", rows, "data_dataset_session_related__tags__name,2022_Q2") == []
    assert found("visitor", rows, "probe_insertion__isnull,False") == []


def test_every_open_relation_leads_to_rows_that_all_members_read(world: World) -> None:
    for label, names in RELATIONS.items():
        model = apps.get_model(label)
        for name in names.split():
            related: Any = model._meta.get_field(name).related_model
            rule = rule_of(related)
            is_open = rule is not None and rule.reading in (Reading.EVERYONE, Reading.MEMBERS)
            assert is_open or related._meta.label in OUTSIDE, f"{label}.{name}"


def test_relations_of_the_contract_are_open_and_those_to_secrets_closed() -> None:
    closed = {"auth_token", "api_tokens", "authenticator", "socialaccount", "emailaddress", "groups", "logentry"}
    assert crossable(LabMember).isdisjoint(closed | {"user_permissions", "deliveries", "saved_views", "download"})
    for label in RELATIONS:
        model = apps.get_model(label)
        forward = {field.name for field in (*model._meta.fields, *model._meta.many_to_many) if field.is_relation}
        rest = forward - crossable(model) - {"groups", "user_permissions", "cage"}
        assert not rest, f"{label}: {rest}"


def test_a_search_that_takes_too_long_is_ended_with_advice(
    client_of: Clients, rows: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BREGMA_SEARCH_SECONDS = 0.05

    def sleep(*_: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")

    monkeypatch.setattr("bregma.alyx.api.filters.apply_terms", sleep)
    client = client_of("alice")
    answer = client.get("/sessions", {"django": "number,1"})
    assert answer.status_code == 400
    assert "took longer than 0.05 s" in answer.json()["detail"]
    assert client.get("/sessions").json()["count"] == 3


def test_only_searches_have_the_time_limit(world: World, settings: Any) -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    before = limit()
    settings.BREGMA_SEARCH_SECONDS = 7
    with time_limit({"limit": "1"}):
        assert limit() == before
    with time_limit({"django": "number,1"}):
        assert limit() == "7s"
    assert not is_time_out(OperationalError("the server is gone"))


def test_a_member_is_no_stranger_to_any_table(world: World) -> None:
    assert policy.is_member(world.people["charlie"])
    assert found("charlie", world, "subject__weighings__weight__gt,1") == []
