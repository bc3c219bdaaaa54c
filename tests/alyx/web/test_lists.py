"""The list framework, on the lists of subjects and sessions."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.alyx.factories import make_dataset

from bregma.alyx.data.models import Tag
from bregma.alyx.subjects.models import Project, Subject
from bregma.alyx.web.lists.export import safe_cell
from bregma.alyx.web.lists.saved import save_view, views_of
from bregma.alyx.web.models import SavedView

SUBJECTS, SESSIONS = "/colony/subjects/", "/notebook/sessions/"
MOST_QUERIES = 12


def names(answer: Any) -> list[str]:
    return [row.nickname for row in answer.context["shown"].object_list]


@pytest.mark.parametrize("path", [SUBJECTS, SESSIONS])
@pytest.mark.parametrize("narrowed", ["", "&lab=mainenlab&project=motor&q=M&sort=lab"])
def test_a_list_costs_the_same_queries_at_any_size(path: str, narrowed: str, enter: Any, many: Any) -> None:
    client, counts = enter("alice"), []
    many(3)
    client.get(f"{path}?size=25")  # content types are remembered from here on
    for size in (25, 100):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{path}?size={size}{narrowed}").status_code == 200
        counts.append(len(queries))
        many(40)
    assert counts[0] == counts[1], "\n".join(query["sql"][:300] for query in queries)
    assert counts[0] <= MOST_QUERIES, "\n".join(query["sql"][:300] for query in queries)


def test_search_narrows_by_every_word(enter: Any, many: Any) -> None:
    many(3)
    assert names(enter("alice").get(SUBJECTS, {"q": "m001 ai148"})) == ["M001"]
    assert names(enter("alice").get(SUBJECTS, {"q": "m001 nothing"})) == []


def test_a_list_is_sorted_both_ways_with_the_empty_last(enter: Any, many: Any) -> None:
    many(2)
    client = enter("alice")
    assert names(client.get(SUBJECTS, {"sort": "birth_date"})) == ["M001", "M002", "KS014"]
    assert names(client.get(SUBJECTS, {"sort": "-birth_date"})) == ["M002", "M001", "KS014"]
    assert names(client.get(SUBJECTS, {"sort": "password"})) == ["KS014", "M001", "M002"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("responsible=me", ["KS014"]),
        ("responsible=nobody", []),
        ("responsible=stock", []),
        ("responsible=not-stock", ["KS014"]),
        ("user=alice", ["KS014"]),
        ("alive=yes", ["KS014"]),
        ("alive=no", []),
        ("lab=otherlab", []),
        ("sex=M", ["KS014"]),
        ("todo=cull", []),
        ("water=yes", []),
        ("lab=nonsense", []),
        ("page=99", ["KS014"]),
        ("size=7", ["KS014"]),
    ],
)
def test_filters_choose_rows(query: str, found: list[str], enter: Any) -> None:
    assert names(enter("alice").get(f"{SUBJECTS}?{query}")) == found


@pytest.mark.parametrize("query", ["first=2024-01-31&last=2024-01-31", "subject=ks014", "words=none", "protocol=ch"])
def test_sessions_are_found(query: str, enter: Any) -> None:
    answer = enter("alice").get(f"{SESSIONS}?{query}")
    assert [row.subject.nickname for row in answer.context["shown"].object_list] == ["KS014"]


def test_htmx_gets_the_table_alone(enter: Any) -> None:
    answer = enter("alice").get(SUBJECTS, headers={"HX-Request": "true", "HX-Target": "list"})
    assert "KS014" in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("path", [SUBJECTS, SESSIONS, f"{SUBJECTS}export.csv"])
def test_a_visitor_sees_nothing_that_is_not_public(path: str, enter: Any) -> None:
    answer = enter("visitor").get(path)
    content = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code == 200
    assert b"KS014" not in content


def test_nobody_sees_a_list_without_an_account(enter: Any, db: None) -> None:
    assert enter("anonymous").get(SUBJECTS).status_code == 302


def test_an_empty_list_teaches(enter: Any) -> None:
    Subject.objects.all().delete()
    assert b"No subject yet" in enter("alice").get(SUBJECTS).content
    assert b"Nothing fits" in enter("alice").get(f"{SUBJECTS}?q=x").content


def test_a_file_holds_exactly_what_is_filtered(enter: Any, many: Any) -> None:
    many(30)
    answer = enter("alice").get(f"{SUBJECTS}export.csv?q=M00&sort=-nickname")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert [row["Subject"] for row in rows] == sorted((row["Subject"] for row in rows), reverse=True)
    assert len(rows) == 9
    assert rows[0]["Genotype"] == "Cre +/-"


def test_a_spreadsheet_holds_numbers_as_numbers(enter: Any, many: Any) -> None:
    many(1)
    sheet = load_workbook(BytesIO(enter("alice").get(f"{SUBJECTS}export.xlsx?q=M001").content)).active
    cells = dict(zip(*([cell.value for cell in row] for row in sheet.iter_rows()), strict=True))
    assert cells["Weight"] == 20
    assert cells["Sessions"] == 1


def test_formulas_are_no_formulas_in_a_file(enter: Any, world: Any) -> None:
    Subject.objects.update(description='=HYPERLINK("http://example.org")')
    answer = enter("alice").get(f"{SUBJECTS}export.csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert rows[0]["Description"].startswith("'=")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_dangerous_beginnings_are_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert safe_cell(-3.5) == -3.5


def bulk(client: Any, action: str, rows: list[Any], **values: Any) -> Any:
    return client.post(f"{SUBJECTS}do/bulk", {"action": action, "rows": [row.pk for row in rows], **values})


def test_a_bulk_action_asks_before_it_acts(enter: Any, world: Any) -> None:
    client = enter("alice")
    asked = bulk(client, "cull", [world.subject])
    assert asked.status_code == 200
    assert b"KS014" in asked.content
    assert not Subject.objects.get().to_be_culled
    assert bulk(client, "cull", [world.subject], confirmed=1).status_code == 302
    assert Subject.objects.get().to_be_culled


def test_a_bulk_action_of_everything_that_is_filtered(enter: Any, many: Any) -> None:
    many(60)
    client = enter("alice")
    answer = bulk(client, "genotype", [], scope="all", query="?q=M0", confirmed=1)
    assert answer.status_code == 302
    assert Subject.objects.filter(to_be_genotyped=True).count() == 60


def test_a_stranger_changes_none_of_many(enter: Any, many: Any) -> None:
    rows = many(3)
    Subject.objects.filter(pk=rows[2].pk).update(lab_id=rows[0].lab_id)
    answer = bulk(enter("charlie"), "genotype", rows, confirmed=1)
    assert answer.status_code == 422
    assert b"may not" in answer.content
    assert not Subject.objects.filter(to_be_genotyped=True).exists()


def test_all_or_nothing_is_changed(enter: Any, world: Any, many: Any) -> None:
    rows = many(1)
    other = Subject.objects.create(nickname="ELSEWHERE", lab=world.other_lab, responsible_user=world.people["charlie"])
    assert bulk(enter("alice"), "genotype", [*rows, other], confirmed=1).status_code == 422
    assert not Subject.objects.filter(to_be_genotyped=True).exists()


def test_a_subject_is_given_to_another_person(enter: Any, world: Any) -> None:
    bulk(enter("alice"), "assign", [world.subject], confirmed=1, user="bob")
    assert Subject.objects.get().responsible_user == world.people["bob"]


def test_projects_are_added_and_taken_away(enter: Any, world: Any) -> None:
    project = Project.objects.create(name="memory")
    bulk(enter("alice"), "project", [world.subject], confirmed=1, project="memory")
    assert list(world.subject.projects.all()) == [project]
    bulk(enter("alice"), "unproject", [world.subject], confirmed=1, project="memory")
    assert list(world.subject.projects.all()) == []


def test_a_bulk_action_without_rows_says_so(enter: Any) -> None:
    answer = enter("alice").post(f"{SUBJECTS}do/bulk", {"action": "cull"}, follow=True)
    assert b"at least one row" in answer.content


@pytest.mark.parametrize(("person", "status"), [("visitor", 403), ("anonymous", 302)])
def test_bulk_actions_are_for_members(person: str, status: int, enter: Any, world: Any) -> None:
    assert bulk(enter(person), "cull", [world.subject], confirmed=1).status_code == status


def test_an_unknown_bulk_action_is_not_found(enter: Any, world: Any) -> None:
    assert bulk(enter("alice"), "explode", [world.subject]).status_code == 404
    assert bulk(enter("alice"), "cull", []).status_code == 302
    assert enter("alice").post(f"{SUBJECTS}do/bulk", {"action": "cull", "rows": "x"}).status_code == 404


def cell(world: Any, key: str = "description") -> str:
    return f"{SUBJECTS}do/cell/{world.subject.pk}/{key}"


def test_a_cell_is_changed_in_the_list(enter: Any, world: Any) -> None:
    client = enter("alice")
    assert b"<form" in client.get(cell(world)).content
    answer = client.post(cell(world), {"value": "likes raisins"})
    assert "likes raisins" in answer.content.decode()
    assert Subject.objects.get().description == "likes raisins"
    assert b"likes raisins" in client.get(f"{cell(world)}?as=text").content


def test_a_stranger_changes_no_cell(enter: Any, world: Any) -> None:
    answer = enter("charlie").post(cell(world), {"value": "x"})
    assert b"may not" in answer.content
    assert Subject.objects.get().description == ""


def test_a_stranger_is_offered_no_cell(enter: Any, world: Any) -> None:
    assert b"cell-edit" in enter("alice").get(SUBJECTS).content
    assert b"cell-edit" not in enter("charlie").get(SUBJECTS).content


@pytest.mark.parametrize("key", ["nickname", "nothing"])
def test_other_cells_are_not_editable(key: str, enter: Any, world: Any) -> None:
    assert enter("alice").post(cell(world, key), {"value": "x"}).status_code == 404


def test_a_view_is_saved_found_replaced_and_deleted(enter: Any, world: Any) -> None:
    client = enter("alice")
    for query in ("?sex=M&q=", "?sex=F"):
        answer = client.post(f"{SUBJECTS}do/views", {"name": "Boys", "query": query}, follow=True)
        assert b"Saved as" in answer.content
    view = SavedView.objects.get()
    assert (view.query, view.owner) == ("sex=F", world.people["alice"])
    assert b"?sex=F" in client.get(SUBJECTS).content
    client.post(f"{SUBJECTS}do/views", {"delete": view.pk})
    assert not SavedView.objects.exists()


def test_a_shared_view_is_seen_by_the_lab_alone(world: Any) -> None:
    people = world.people
    save_view("subjects", "Ours", "sex=M", lab=world.lab, by=people["alice"])
    save_view("subjects", "Mine", "sex=M", by=people["alice"])
    assert [view.name for view in views_of(people["bob"], "subjects")] == ["Ours"]
    assert [view.name for view in views_of(people["alice"], "subjects")] == ["Mine", "Ours"]
    assert list(views_of(people["charlie"], "subjects")) == []
    assert list(views_of(people["alice"], "sessions")) == []


def test_a_view_is_deleted_by_its_owner_alone(enter: Any, world: Any) -> None:
    view = save_view("subjects", "Ours", "sex=M", lab=world.lab, by=world.people["alice"])
    assert enter("bob").post(f"{SUBJECTS}do/views", {"delete": view.pk}).status_code == 403
    assert SavedView.objects.exists()


def test_a_view_without_a_name_is_refused(enter: Any) -> None:
    answer = enter("alice").post(f"{SUBJECTS}do/views", {"name": " ", "query": ""}, follow=True)
    assert not SavedView.objects.exists()
    assert answer.status_code == 200


def test_visitors_save_no_views(enter: Any) -> None:
    assert enter("visitor").post(f"{SUBJECTS}do/views", {"name": "x", "query": ""}).status_code == 403


def test_a_hostile_query_leads_nowhere_else(enter: Any, world: Any) -> None:
    answer = enter("alice").post(f"{SUBJECTS}do/views", {"name": "x", "query": "https://evil.example/?a=<script>"})
    assert answer.headers["Location"].startswith(SUBJECTS)


def test_visitors_find_nothing_by_what_they_do_not_see(enter: Any, world: Any) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="public", public=True))
    Subject.objects.update(ear_mark="E77", description="escaped twice")
    seen = {query: names(enter("visitor").get(SUBJECTS, {"q": query})) for query in ("KS014", "E77", "escaped")}
    assert seen == {"KS014": ["KS014"], "E77": [], "escaped": []}
