"""What breaks a rule of this installation is mended where the meaning is plain, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.alyx.importing.dumps import dataset, files, key, restriction, row, session, subject

from bregma.alyx.actions.models import Cull, Session, WaterRestriction
from bregma.alyx.data.models import DataRepository, Dataset
from bregma.alyx.importing import Outcome
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.models import HousingSubject, Lab
from bregma.alyx.subjects.models import Line, Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Callable

    from bregma.alyx.importing import Report

    Bring = Callable[..., Report]


def told(report: Report, name: str) -> list[str]:
    return [finding.what for finding in report.findings if finding.row == key(name)]


def test_an_older_open_restriction_ends_when_the_next_starts(bring: Bring) -> None:
    old, new = restriction("old", "2023-02-01T09:00:00"), restriction("new", "2023-03-01T09:00:00")
    report = bring(new, old)
    assert report.written
    assert (
        WaterRestriction.objects.get(pk=key("old")).end_time == WaterRestriction.objects.get(pk=key("new")).start_time
    )
    assert "a later restriction of the subject is open" in told(report, "old")[0]


def test_an_open_restriction_before_a_closed_one_stays_open(bring: Bring) -> None:
    bring(restriction("a", "2023-02-01T09:00:00"), restriction("b", "2023-03-01T09:00:00", "2023-03-02T09:00:00"))
    assert WaterRestriction.objects.get(pk=key("a")).end_time is None


def test_what_is_open_ends_with_the_life_of_the_subject(bring: Bring) -> None:
    stay = {"subject": key("m3"), "housing": key("h"), "start_datetime": "2023-02-01T00:00:00", "end_datetime": None}
    bring(
        subject("m3", death_date="2023-02-10"),
        row("misc.housing", "h", cage_name="G1"),
        row("misc.housingsubject", "stay", **stay),
    )
    ended = HousingSubject.objects.get(pk=key("stay")).end_datetime
    assert ended is not None
    assert ended.isoformat() == "2023-02-11T00:00:00+00:00"


def test_sessions_of_one_number_are_numbered(bring: Bring) -> None:
    later = session("b", 1, start_time="2023-05-01T11:00:00")
    rows = [later, session("a", 1), session("c", 2), session("d", None), session("e", None)]
    report = bring(*rows)
    numbers = {name: Session.objects.get(pk=key(name)).number for name in "abcde"}
    assert numbers == {"a": 1, "b": 3, "c": 2, "d": None, "e": None}
    assert "number was 1, as of another session of this subject on 2023-05-01; now 3" in told(report, "b")[0]
    assert bring(*rows).tables["actions_session"].unchanged == 5


def test_the_latest_zygosity_of_an_allele_counts(bring: Bring) -> None:
    allele = row("subjects.allele", "cre", nickname="Cre", sequences=[])
    given = [(0, "first"), (2, "second"), (2, "third")]
    said = [row("subjects.zygosity", name, subject=key("m1"), allele=key("cre"), zygosity=z) for z, name in given]
    report = bring(allele, *said, keep_going=True)
    assert str(Zygosity.objects.get().pk) == key("third")
    count = report.tables["subjects_zygosity"]
    assert (count.entered, count.merged, count.refused) == (1, 1, 1)


def test_a_birth_after_death_and_a_weaning_before_birth_are_emptied(bring: Bring) -> None:
    report = bring(subject("m3", death_date="2022-12-01"), subject("m4", wean_date="2022-12-01"))
    assert Subject.objects.get(pk=key("m3")).birth_date is None
    assert Subject.objects.get(pk=key("m4")).wean_date is None
    assert told(report, "m3") == ["birth_date was 2023-01-01, after death_date; now empty"]


def test_death_and_cull_are_of_one_day(bring: Bring) -> None:
    bring(
        subject("m3", death_date="2023-06-01"),
        row("actions.cull", "c3", subject=key("m3"), date="2023-06-02", user=None),
        subject("m4"),
        row("actions.cull", "c4", subject=key("m4"), date="2023-06-03", user=None),
    )
    assert str(Cull.objects.get(pk=key("c3")).date) == "2023-06-01"
    assert str(Subject.objects.get(pk=key("m4")).death_date) == "2023-06-03"


def test_an_end_before_its_start_is_emptied_or_set_to_it(bring: Bring) -> None:
    bring(session("s", end_time="2023-04-01T00:00:00"), restriction("r", "2023-02-01T09:00:00", "2023-01-01T09:00:00"))
    found = WaterRestriction.objects.get(pk=key("r"))
    assert Session.objects.get(pk=key("s")).end_time is None
    assert found.end_time == found.start_time


def test_of_two_rows_of_one_file_the_default_counts(bring: Bring) -> None:
    report = bring(*files(), dataset("d0", default_dataset=False), keep_going=True)
    assert [str(each.pk) for each in Dataset.objects.all()] == [key("d1")]
    assert f"dataset {key('d1')} is the same file" in told(report, "d0")[0]


def test_only_the_latest_revision_is_the_default(bring: Bring) -> None:
    report = bring(
        *files(),
        row("data.revision", "early", name="2023-05-01"),
        row("data.revision", "late", name="2023-06-01"),
        dataset("d2", revision=key("early")),
        dataset("d3", revision=key("late")),
    )
    assert report.written
    assert str(Dataset.objects.get(default_dataset=True).pk) == key("d3")
    assert len(report.of(Outcome.REPAIRED)) == 2


def test_names_that_no_path_can_have_are_written_with_lines(bring: Bring) -> None:
    bring(subject("m3", nickname="M 3/a"), row("misc.lab", "l2", name="south-lab", repositories=[]))
    assert Subject.objects.get(pk=key("m3")).nickname == "M_3_a"
    assert Lab.objects.get(pk=key("l2")).name == "south_lab"


def test_a_task_of_no_known_status_waits(bring: Bring) -> None:
    task = {"session": key("s"), "status": 10, "parents": [], "arguments": {}, "datetime": "2023-05-01T10:00:00"}
    bring(session("s"), row("jobs.task", "t", name="qc", **task))
    assert Task.objects.get(pk=key("t")).status == Task.Status.WAITING


def test_counters_of_names_never_go_back(bring: Bring) -> None:
    counters = {"breeding_pair_autoname_index": 1, "litter_autoname_index": 1, "alleles": []}
    line = row("subjects.line", "line", name="L", nickname="L", lab=key("lab"), subject_autoname_index=4, **counters)
    bring(line)
    Line.objects.filter(pk=key("line")).update(subject_autoname_index=9)
    bring(line)
    assert Line.objects.get(pk=key("line")).subject_autoname_index == 9


def test_credentials_of_a_repository_are_not_entered(bring: Bring) -> None:
    secret = {"Access key ID": "AK", "Secret access key": "shh", "bucket_name": "gold"}
    report = bring(row("data.datarepository", "cloud", name="cloud", data_url=None, json=secret))
    assert "Access key ID, Secret access key" in told(report, "cloud")[0]
    assert "shh" not in str(report.as_json())
    assert DataRepository.objects.get(name="cloud").json == {"bucket_name": "gold"}


def test_credentials_deep_inside_are_not_entered(bring: Bring) -> None:
    report = bring(row("data.datarepository", "deep", name="deep", data_url=None, json={"a": {"password": "shh"}}))
    assert "deep inside" in told(report, "deep")[0]
    assert DataRepository.objects.get(name="deep").json is None
