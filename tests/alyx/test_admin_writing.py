"""What the admin writes goes through the services, and what these refuse is said on the page."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alyx.access.models import ApiToken
from bregma.alyx.actions.models import Cull, CullReason, Session, Weighing
from bregma.alyx.colony.models import Cage
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.jobs.models import Task
from bregma.alyx.subjects.models import Allele, GenotypeTest, Line, Sequence, Subject, Zygosity, ZygosityRule


def address(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def form_of(client: Client, model: type, *args: object) -> dict[str, Any]:
    """Return what the form would send as it is shown."""
    form = client.get(address(model, "change" if args else "add", *args)).context["adminform"].form
    sent: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        widget = form.fields[name].widget
        if hasattr(widget, "decompress"):
            day, time = widget.decompress(value)
            sent |= {f"{name}_0": day or "", f"{name}_1": time or ""}
        elif value not in (None, False):
            sent[name] = value
    return sent


def said(page: Any) -> str:
    return page.content.decode().replace("&#x27;", "'")


def test_another_cage_in_the_form_is_a_move(enter: Any, world: World) -> None:
    client = enter("alice")
    sent = form_of(client, Subject, world.subject.pk) | {"cage": "c9"}
    assert client.post(address(Subject, "change", world.subject.pk), sent).status_code == 302
    world.subject.refresh_from_db()
    assert world.subject.cage == "c9"
    assert Cage.objects.get(name="c9").housings.get().housing_subjects.get().subject == world.subject


def test_what_a_service_refuses_is_said_on_the_form(enter: Any, world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(birth_date=date(2024, 1, 1))
    client = enter("alice")
    sent = form_of(client, Weighing) | {"subject": world.subject.pk, "weight": 20, "date_time_0": "2023-01-01"}
    page = client.post(address(Weighing, "add"), sent)
    assert page.status_code == 200
    assert "was born on 2024-01-01" in said(page)
    assert page.context["adminform"].form["weight"].value() == "20"
    assert not Weighing.objects.exists()


def test_a_weighing_is_entered_by_who_is_at_the_form(enter: Any, world: World) -> None:
    client = enter("bob")
    sent = form_of(client, Weighing) | {"subject": world.subject.pk, "weight": 20.5}
    assert client.post(address(Weighing, "add"), sent).status_code == 302
    assert Weighing.objects.get().user == world.people["bob"]


def test_wrong_json_is_shown_with_its_line(enter: Any, world: World) -> None:
    client = enter("alice")
    sent = form_of(client, Subject, world.subject.pk) | {"json": '{"a": 1,\n b: 2}'}
    page = client.post(address(Subject, "change", world.subject.pk), sent)
    assert "line 2" in said(page)


def test_json_is_indented_and_nothing_is_nothing(enter: Any, world: World) -> None:
    client = enter("alice")
    assert client.get(address(Subject, "change", world.subject.pk)).context["adminform"].form["json"].value() == ""
    Subject.objects.filter(pk=world.subject.pk).update(json={"a": {"b": 1}})
    assert "{\n  &quot;a&quot;" in client.get(address(Subject, "change", world.subject.pk)).content.decode()


def edited(rows: list[Any], **columns: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for i, row in enumerate(rows):
        sent[f"form-{i}-id"] = row.pk
        sent |= {f"form-{i}-{name}": value for name, value in columns.items()}
    return sent


def test_rows_are_edited_in_the_list(enter: Any, world: World) -> None:
    sent = edited([world.subject], to_be_genotyped="on")
    assert enter("alice").post(address(Subject, "changelist"), sent).status_code == 302
    world.subject.refresh_from_db()
    assert world.subject.to_be_genotyped


def test_editing_rows_of_others_is_refused_with_words_and_saves_nothing(enter: Any, world: World) -> None:
    mine = Subject.objects.create(nickname="C1", lab=world.other_lab, responsible_user=world.people["charlie"])
    page = enter("charlie").post(address(Subject, "changelist"), edited([mine, world.subject], to_be_culled="on"))
    assert page.status_code == 200
    assert "may not write" in said(page)
    assert "Nothing was saved" in said(page)
    assert not Subject.objects.filter(to_be_culled=True).exists()


def choose(client: Client, model: type, action: str, rows: list[Any], **more: Any) -> Any:
    sent = {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}
    return client.post(address(model, "changelist"), sent, follow=True)


def messages_of(page: Any) -> list[str]:
    return [str(one) for one in page.context["messages"]]


def test_deleting_protected_datasets_deletes_none_and_says_one_thing(enter: Any, world: World) -> None:
    kept = make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    other = make_dataset(world.session, "_ibl_trials.other.npy")
    page = choose(enter("root"), Dataset, "delete_selected", [other, kept], post="yes")
    (words,) = messages_of(page)
    assert words.startswith("Nothing was deleted.")
    assert "protected" in words
    assert Dataset.objects.count() == 2


def test_members_delete_what_they_may_write_many_at_once(enter: Any, world: World) -> None:
    rows = [Weighing.objects.create(subject=world.subject, weight=20 + i) for i in range(3)]
    page = choose(enter("alice"), Weighing, "delete_selected", rows, post="yes")
    assert len(messages_of(page)) == 1
    assert not Weighing.objects.exists()


def test_strangers_delete_nothing(enter: Any, world: World) -> None:
    row = Weighing.objects.create(subject=world.subject, weight=20)
    choose(enter("charlie"), Weighing, "delete_selected", [row], post="yes")
    assert Weighing.objects.exists()


def test_a_cascade_over_a_protected_dataset_is_said_on_the_page(enter: Any, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    page = enter("root").post(address(Subject, "delete", world.subject.pk), {"post": "yes"}, follow=True)
    assert any("protected" in words for words in messages_of(page))
    assert Session.objects.filter(pk=world.session.pk).exists()


def test_lines_are_activated_together(enter: Any, world: World) -> None:
    lines = [Line.objects.create(name=f"l{i}", nickname=f"l{i}", lab=world.lab, is_active=False) for i in range(2)]
    page = choose(enter("stock"), Line, "activate_selected_lines", lines)
    assert messages_of(page) == ["2 lines: active."]
    refused = choose(enter("bob"), Line, "deactivate_selected_lines", lines)
    assert "Nothing was changed." in messages_of(refused)[0]
    assert Line.objects.filter(is_active=True).count() == 2


def test_tasks_are_held_together(enter: Any, world: World) -> None:
    task = Task.objects.create(name="work", session=world.session, status=Task.Status.ERRORED)
    assert "may not change" in messages_of(choose(enter("charlie"), Task, "set_waiting", [task]))[0]
    choose(enter("alice"), Task, "set_waiting", [task])
    task.refresh_from_db()
    assert task.status == Task.Status.WAITING


def test_a_cull_sets_the_day_of_death(enter: Any, world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(actual_severity=2)
    reason = CullReason.objects.create(name="end of experiment")
    client = enter("alice")
    sent = {"subject": world.subject.pk, "date": "2024-03-01", "cull_reason": reason.pk}
    assert client.post(address(Cull, "add"), sent).status_code == 302
    world.subject.refresh_from_db()
    assert world.subject.death_date == date(2024, 3, 1)
    client.post(address(Cull, "delete", Cull.objects.get().pk), {"post": "yes"})
    world.subject.refresh_from_db()
    assert world.subject.death_date is None


def test_a_rule_judges_the_subjects_of_its_line(enter: Any, world: World) -> None:
    line = Line.objects.create(name="l", nickname="l", lab=world.lab)
    allele, sequence = Allele.objects.create(nickname="a"), Sequence.objects.create(name="s")
    Subject.objects.filter(pk=world.subject.pk).update(line=line)
    GenotypeTest.objects.create(subject=world.subject, sequence=sequence, test_result=1)
    sent = {"line": line.pk, "allele": allele.pk, "sequence0": sequence.pk, "sequence0_result": 1, "zygosity": 2}
    assert enter("stock").post(address(ZygosityRule, "add"), sent).status_code == 302
    assert Zygosity.objects.get(subject=world.subject, allele=allele).zygosity == 2


def test_tokens_are_revoked_and_never_shown(enter: Any, world: World) -> None:
    ends = timezone.now() + timedelta(days=9)
    token = ApiToken.objects.create(
        user=world.people["alice"], name="rig", prefix="brg_x", digest="ab" * 32, scopes=["read"], expires_at=ends
    )
    client = enter("alice")
    assert "abab" not in said(client.get(address(ApiToken, "change", token.pk)))
    assert client.get(address(ApiToken, "add")).status_code == 403
    choose(client, ApiToken, "revoke_selected_tokens", [token])
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_autocomplete_offers_only_rows_that_one_may_see(enter: Any, world: World) -> None:
    make_session(world.subject, number=5)
    query = {"app_label": "actions", "model_name": "weighing", "field_name": "subject", "term": "KS"}
    assert enter("charlie").get(reverse("admin:autocomplete"), query).json()["results"]
    assert enter("visitor").get(reverse("admin:autocomplete"), query).status_code == 302


def test_the_front_page_says_what_needs_attention_in_few_queries(
    enter: Any, world: World, django_assert_max_num_queries: Any
) -> None:
    client = enter("alice")
    client.get("/admin/")
    with django_assert_max_num_queries(12):
        page = client.get("/admin/")
    assert "living subjects" in said(page)
    assert "/colony/subjects/" in said(page)
