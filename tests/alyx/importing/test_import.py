"""Every row of a dump is in, or named; doing it again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.alyx.importing.dumps import BORN, content, dataset, files, key, row, session, subject

from bregma.alyx.actions.models import Session, WaterAdministration, WaterType
from bregma.alyx.colony.models import Cage
from bregma.alyx.data.models import Dataset, DatasetType
from bregma.alyx.experiments.models import BrainRegion, ChronicInsertion, FOVLocation
from bregma.alyx.history.models import Event
from bregma.alyx.importing import Outcome
from bregma.alyx.misc.models import HousingSubject, Lab, LabMember, Note
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from bregma.alyx.importing import Report

    Bring = Callable[..., Report]


def words_of(report: Report, outcome: Outcome) -> list[str]:
    return [f"{finding.table}: {finding.what}" for finding in report.of(outcome)]


def test_every_row_and_link_is_in(bring: Bring) -> None:
    report = bring(*files())
    assert report.written
    assert report.refused == 0
    assert all(count.is_complete for count in report.tables.values())
    assert Dataset.objects.get(pk=key("d1")).tags.get().name == "keep"
    assert Session.objects.get(pk=key("s1")).users.get().username == "mia"


def test_the_same_dump_twice_changes_no_row_and_writes_no_history(bring: Bring) -> None:
    bring(*files())
    before, events = content(), Event.objects.count()
    report = bring(*files())
    assert content() == before
    assert Event.objects.count() == events
    assert {count.unchanged == count.read for count in report.tables.values()} == {True}


def test_a_changed_dump_changes_only_what_differs(bring: Bring) -> None:
    bring(*files())
    events = Event.objects.count()
    changed = [dataset("d1", tags=[], qc=40), *files()[:-2]]
    report = bring(*changed)
    assert (report.tables["data_dataset"].changed, report.tables["data_dataset_tags"].removed) == (1, 1)
    assert Dataset.objects.get(pk=key("d1")).qc == 40
    assert Event.objects.count() == events + 2


def test_history_tells_of_the_import(bring: Bring) -> None:
    bring()
    event = Event.objects.get(table="subjects_subject", row=key("m1"))
    assert event.context is not None
    assert event.context.metadata["url"] == "the import of alyx.json"


def test_columns_that_the_dump_lacks_are_left_alone(bring: Bring) -> None:
    bring()
    Subject.objects.filter(pk=key("m1")).update(description="bold")
    bring()
    assert Subject.objects.get(pk=key("m1")).description == "bold"


def test_a_row_without_its_parent_is_refused_and_nothing_is_written(bring: Bring) -> None:
    report = bring(session("s1", subject=key("nobody")))
    assert not report.written
    assert report.refused == 2  # the session, and its link to a person
    assert f"no subject {key('nobody')} in the dump or here" in words_of(report, Outcome.REFUSED)[0]
    assert not Lab.objects.filter(name="northlab").exists()


def test_the_rest_is_written_when_asked(bring: Bring) -> None:
    report = bring(session("s1", subject=key("nobody")), keep_going=True)
    assert report.written
    assert Subject.objects.filter(lab__name="northlab").count() == 2


def test_a_reference_that_may_be_empty_is_emptied(bring: Bring) -> None:
    report = bring(subject("m3", litter=key("nothing")))
    assert report.written
    assert Subject.objects.get(pk=key("m3")).litter is None
    assert "litter_id: no litter" in words_of(report, Outcome.REPAIRED)[0]


def test_a_dry_run_tells_everything_and_writes_nothing(bring: Bring) -> None:
    before = content()
    report = bring(*files(), dry_run=True)
    assert (report.written, report.tables["data_dataset"].entered) == (False, 1)
    assert content() == before


def test_equal_rows_given_twice_are_one(bring: Bring) -> None:
    report = bring(subject("m1"))
    assert report.written
    assert report.tables["subjects_subject"].merged == 1


def test_different_rows_of_one_key_are_named(bring: Bring) -> None:
    report = bring(subject("m1", sex="M"), keep_going=True)
    assert report.tables["subjects_subject"].refused == 1
    assert Subject.objects.get(pk=key("m1")).sex == "F"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row("actions.weighing", "w", subject=key("m1"), weight="heavy"), "'heavy' is no number"),
        (row("actions.weighing", "w", subject=key("m1"), weight=-1), "weighing_weight_at_least_zero"),
        (row("actions.weighing", "w", subject=["m1"], weight=20), "is no uuid; give the key of a row"),
        (row("actions.weighing", "w", subject=key("m1")), '"weight" is missing'),
        ({"model": "misc.food", "pk": None, "fields": {"name": "hay"}}, "id is empty"),
        ({"model": "astrology.sign", "pk": 1, "fields": {"name": "leo"}}, "no table of Alyx"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(bring: Bring, bad: Any, words: str) -> None:
    report = bring(bad)
    assert report.refused == 1
    assert words in words_of(report, Outcome.REFUSED)[0]


def test_a_wrong_value_of_no_consequence_is_emptied(bring: Bring) -> None:
    report = bring(subject("m3", wean_date="last week", sex="X"))
    assert report.written
    assert Subject.objects.get(pk=key("m3")).sex == "U"
    assert len(report.of(Outcome.REPAIRED)) == 2


def test_a_column_that_is_not_known_is_noted(bring: Bring) -> None:
    report = bring(subject("m3", favourite_cheese="brie"))
    assert "column favourite_cheese is not known here" in words_of(report, Outcome.NOTED)[-1]


def test_an_unused_starting_row_gives_way(bring: Bring) -> None:
    assert WaterType.objects.get(name="Water").pk != key("water")
    report = bring(
        row("actions.watertype", "water", name="Water"),
        row("actions.wateradministration", "a", subject=key("m1"), water_administered=1.0, water_type=key("water")),
    )
    assert report.written
    assert WaterType.objects.get(name="Water").pk.hex == key("water").replace("-", "")


def test_a_used_row_stands_for_that_of_the_dump(bring: Bring) -> None:
    bring()
    here = WaterType.objects.get(name="Water")
    WaterAdministration.objects.create(subject_id=key("m1"), water_type=here)
    rows = [
        row("actions.watertype", "water", name="Water"),
        row("actions.wateradministration", "a", subject=key("m1"), water_administered=1.0, water_type=key("water")),
    ]
    report = bring(*rows)
    assert report.tables["actions_watertype"].merged == 1
    assert WaterAdministration.objects.get(pk=key("a")).water_type == here
    before = content()
    bring(*rows)
    assert content() == before


def test_an_account_of_the_same_name_is_the_same_person(bring: Bring) -> None:
    here = LabMember.objects.create(username="mia", first_name="Mia")
    bring()
    assert Subject.objects.get(pk=key("m1")).responsible_user == here
    assert LabMember.objects.get(username="mia").first_name == "Mia"


def test_a_pattern_that_a_used_type_has_is_emptied(bring: Bring) -> None:
    taken = DatasetType.objects.create(name="dark.times", filename_pattern="*lights*")
    report = bring(row("data.datasettype", "type", name="lights.times", filename_pattern="*lights*"))
    assert report.written
    assert str(taken.pk) in words_of(report, Outcome.REPAIRED)[0]


def test_people_log_in_with_their_passwords_and_a_new_one_stays(bring: Bring, client: Any) -> None:
    from django.contrib.auth.hashers import make_password

    person = {"password": make_password("old-pass-1"), "is_active": True, "date_joined": "2023-01-01T00:00:00"}
    zoe = row("misc.labmember", "zoe", username="zoe", is_superuser=True, **person)
    report = bring(zoe)
    assert client.login(username="zoe", password="old-pass-1")
    assert any("zoe is a superuser" in words for words in words_of(report, Outcome.NOTED))
    account = LabMember.objects.get(username="zoe")
    account.set_password("new-pass-1")
    account.save()
    bring(zoe)
    assert client.login(username="zoe", password="new-pass-1")


@pytest.mark.parametrize("told", ["by the dump", "by the option", "by its name", "by where the key is"])
def test_notes_follow_what_they_are_about(bring: Bring, told: str) -> None:
    number: Any = ["subjects", "subject"] if told == "by its name" else 77
    rows = [row("misc.note", "n", text="bites", content_type=number, object_id=key("m1"), date_time=None)]
    if told == "by the dump":
        rows.append(
            {"model": "contenttypes.contenttype", "pk": 77, "fields": {"app_label": "subjects", "model": "subject"}}
        )
    options = {"content_types": {77: "subjects.subject"}} if told == "by the option" else {}
    report = bring(*rows, **options)
    assert report.written
    assert Note.objects.get(pk=key("n")).content_object == Subject.objects.get(pk=key("m1"))


def test_a_note_on_nothing_is_refused(bring: Bring) -> None:
    report = bring(row("misc.note", "n", text="bites", content_type=770, object_id=key("nobody"), date_time=None))
    assert "add --content-types FILE" in words_of(report, Outcome.REFUSED)[0]


def test_moments_without_an_offset_are_of_the_zone(bring: Bring) -> None:
    bring(session("s1"), zone=ZoneInfo("Europe/London"))
    assert Session.objects.get(pk=key("s1")).start_time == datetime(2023, 5, 1, 8, tzinfo=UTC)


def test_tokens_are_left_out_unless_asked_for(bring: Bring) -> None:
    from rest_framework.authtoken.models import Token

    token = {
        "model": "authtoken.token",
        "pk": "a" * 40,
        "fields": {"user": key("mia"), "created": "2023-01-01T00:00:00"},
    }
    report = bring(token)
    assert not Token.objects.exists()
    assert report.tables["authtoken.token"].left_out == 1
    assert "add --with-tokens" in words_of(report, Outcome.LEFT_OUT)[0]
    bring(token, with_tokens=True)
    assert Token.objects.get().user.username == "mia"


def test_lists_written_as_texts_are_lists(bring: Bring) -> None:
    fields = {"provenance": "L", "default_provenance": True, "coordinate_system": None, "brain_region": [997]}
    fields |= {"x": '["0.5", "1"]', "n_xyz": '["2", "3", "1"]'}
    bring(
        session("s1"),
        row("experiments.fov", "fov", name="FOV_00", session=key("s1"), datasets=[]),
        row("experiments.fovlocation", "at", field_of_view=key("fov"), **fields),
    )
    found = FOVLocation.objects.get(pk=key("at"))
    assert (found.x, found.n_xyz, found.brain_region.get().acronym) == ([0.5, 1.0], [2, 3, 1], "root")


def test_a_table_that_continues_another_is_joined_by_key(bring: Bring) -> None:
    recording = {"subject": key("m1"), "start_time": "2023-01-05T09:00:00", "users": [], "procedures": []}
    bring(
        row("actions.chronicrecording", "chronic", name="c00", **recording),
        row("experiments.chronicinsertion", "chronic", serial="SN1", model=None),
    )
    assert ChronicInsertion.objects.get(pk=key("chronic")).subject.nickname == "m1"


def test_new_brain_regions_are_numbered_among_the_others(bring: Bring) -> None:
    fields = {"acronym": "NEW", "name": "a new region", "parent": 997, "lft": 5, "rght": 4, "tree_id": 9, "level": 7}
    bring({"model": "experiments.brainregion", "pk": 900001, "fields": fields})
    root, new = BrainRegion.objects.get(pk=997), BrainRegion.objects.get(pk=900001)
    assert root.lft < new.lft < new.rght < root.rght
    assert new.level == root.level + 1


def test_cages_are_made_of_names(bring: Bring) -> None:
    history = {"history": {"cage": [{"date_time": "2023-03-04T05:06:07", "value": "old"}]}}
    rows = [subject("m3", cage="C7", json=history), subject("m4", cage="C7"), subject("m5", cage="C7", death_date=BORN)]
    bring(*rows)
    stays = HousingSubject.objects.filter(housing__cage__name="C7", end_datetime=None)
    assert {stay.subject.nickname: stay.start_datetime for stay in stays if stay.subject} == {
        "m3": datetime(2023, 3, 4, 5, 6, 7, tzinfo=UTC),
        "m4": datetime(2023, 1, 1, tzinfo=UTC),
    }
    bring(*rows)
    assert (Cage.objects.count(), stays.count()) == (1, 2)


def test_the_cage_of_a_housing_is_made_and_closed_when_left(bring: Bring) -> None:
    stay = {"subject": key("m1"), "housing": key("h"), "start_datetime": "2023-02-01T00:00:00"}
    bring(
        row("misc.housing", "h", cage_name="G1", light_cycle=1),
        row("misc.housingsubject", "stay", end_datetime="2023-03-01T00:00:00", **stay),
    )
    cage = Cage.objects.get(name="G1")
    assert (str(cage.opened_on), str(cage.closed_on), cage.light_cycle) == ("2023-02-01", "2023-03-01", 1)


def test_analyses_learn_of_the_files_that_came(bring: Bring) -> None:
    trials = dataset("t", name="_ibl_trials.table.pqt", tags=[])
    path = "m1/2023-05-01/001/alf/_ibl_trials.table.pqt"
    place = {"data_repository": key("repository"), "relative_path": path, "exists": True}
    rows = [*files(), trials, row("data.filerecord", "f2", dataset=key("t"), **place)]
    for _ in range(2):
        bring(*rows)
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_uuid FROM bregma_keys.trials")
            assert cursor.fetchall() == [(key("s1"),)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'bregma_inputs' AND tgenabled = 'D'")
        assert cursor.fetchone() == (0,)
