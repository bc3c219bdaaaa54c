"""Registering files: all or none, safely again, never against protection."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.alyx.factories import HASH, Clients, World, make_dataset

from bregma.alyx.data.models import DataRepository, Dataset, DatasetType, FileRecord, Revision, Tag
from bregma.alyx.experiments.models import ProbeInsertion

OTHER = "f" * 32
TRIALS = "alf/_ibl_trials.table.pqt"
WHEEL = "alf/_ibl_wheel.position.npy"


@pytest.fixture
def post(client_of: Clients) -> Callable[..., Any]:
    client = client_of("alice")

    def register(*files: str, **values: Any) -> Any:
        body = {"path": "KS014/2024-01-31/001", "filenames": files, "hashes": [HASH] * len(files), **values}
        return client.post("/register-file", body, format="json")

    return register


def test_each_file_becomes_a_dataset_with_a_record_in_the_labs_store(post: Any, world: World) -> None:
    answer = post(TRIALS, WHEEL, filesizes=[12, 34], versions="1.0", qc=["PASS", "FAIL"], exists=False)
    assert answer.status_code == 201
    first, second = answer.json()
    assert {name: first[name] for name in ("name", "file_size", "subject", "created_by", "collection", "revision")} == {
        "name": "_ibl_trials.table.pqt",
        "file_size": 12,
        "subject": "KS014",
        "created_by": "alice",
        "collection": "alf",
        "revision": "",
    }
    assert (first["qc"], second["qc"], second["dataset_type"], second["data_format"]) == (
        10,
        40,
        "wheel.position",
        "npy",
    )
    assert (first["session"], first["session_number"], first["session_users"]) == (str(world.session.pk), 1, "alice")
    record = first["file_records"][0]
    assert (record["data_repository"], record["exists"]) == ("local_mainenlab", False)
    assert record["relative_path"] == f"KS014/2024-01-31/001/{TRIALS}"


def test_registering_again_with_the_same_hash_changes_nothing(post: Any, world: World) -> None:
    first = post(TRIALS, exists=False).json()[0]
    FileRecord.objects.update(exists=True)
    again = post(TRIALS, exists=False).json()[0]
    assert again["id"] == first["id"]
    assert again["file_records"][0]["exists"] is True
    assert (Dataset.objects.count(), FileRecord.objects.count()) == (1, 1)


@pytest.mark.parametrize("hashes", [[OTHER], []])
def test_other_bytes_make_the_copies_count_as_missing(post: Any, hashes: list[str]) -> None:
    post(TRIALS)
    FileRecord.objects.update(exists=True, json={"transfer_pending": True})
    post(TRIALS, hashes=hashes, exists=False)
    record = FileRecord.objects.get()
    assert (record.exists, record.json) == (False, None)


def test_a_repository_that_holds_the_files_is_noted(post: Any, world: World) -> None:
    server = DataRepository.objects.create(name="server", hostname="s.example.org", data_url="https://s.example.org/")
    DataRepository.objects.create(name="laptop", globus_is_personal=True)
    world.lab.repositories.set(DataRepository.objects.all())
    records = post(TRIALS, name="server").json()[0]["file_records"]
    assert {row["data_repository"]: row["exists"] for row in records} == {"server": True, "laptop": False}
    records = post(WHEEL, hostname="s.example.org", server_only=True).json()[0]["file_records"]
    assert {row["data_repository"]: row["exists"] for row in records} == {server.name: True}


def test_the_newest_revision_becomes_the_default(post: Any) -> None:
    post(TRIALS)
    assert post("alf/#2024-02-02#/_ibl_trials.table.pqt").json()[0]["revision"] == "2024-02-02"
    assert post("alf/#2024-03-03#/_ibl_trials.table.pqt", default=False).json()[0]["default"] is False
    defaults = Dataset.objects.filter(default_dataset=True).values_list("revision__name", flat=True)
    assert list(defaults) == ["2024-02-02"]


def test_of_revisions_registered_at_once_one_becomes_the_default(post: Any) -> None:
    post("alf/#v2#/_ibl_trials.table.pqt", TRIALS, "alf/#v1#/_ibl_trials.table.pqt")
    assert Dataset.objects.get(default_dataset=True).revision == Revision.objects.get(name="v2")


def test_files_of_an_insertions_folder_are_linked_to_it(post: Any, client_of: Clients, world: World) -> None:
    post("alf/probe00/spikes.times.npy", "alf/probe001/spikes.times.npy", "alf/probe00/ks/spikes.depths.npy")
    made = client_of("alice").post("/insertions", {"session": str(world.session.pk), "name": "probe00"}, format="json")
    assert len(made.json()["datasets"]) == 2
    post("alf/probe00/spikes.amps.npy")
    insertion = ProbeInsertion.objects.get()
    assert set(insertion.datasets.values_list("collection", flat=True)) == {"alf/probe00", "alf/probe00/ks"}
    assert insertion.datasets.count() == 3


@pytest.mark.parametrize(
    ("files", "values", "words"),
    [
        ([TRIALS], {"path": "NOBODY/2024-01-31/001"}, 'A subject with nickname "NOBODY" does not exist.'),
        ([TRIALS], {"path": "KS014/2024-01-31"}, "should be `nickname/YYYY-MM-DD/n/..."),
        ([TRIALS], {"path": ""}, "needs a path"),
        ([TRIALS], {"path": "KS014/2024-05-05/001"}, "A base session for KS014 on 2024-05-05 does not exist"),
        ([TRIALS], {"path": "KS014/2024-01-31/009"}, "no session 9 of KS014 on 2024-01-31; register it first"),
        ([TRIALS], {"name": "nowhere"}, "The specified repository does not exist."),
        ([TRIALS], {"created_by": "nobody"}, "no user is called 'nobody'"),
        ([TRIALS], {"labs": "nolab"}, "no lab is called nolab"),
        ([TRIALS], {"qc": ["nice"]}, 'Invalid QC value "nice"'),
        ([TRIALS], {"filesizes": ["many"]}, "'many' is not the size of"),
        ([TRIALS], {"hashes": [HASH, OTHER]}, "2 hashes for 1 filenames"),
        (["alf/notALF"], {}, "'notALF' is not an ALF file name"),
        (["alf/foo.bar.npy"], {}, "no dataset type matches 'foo.bar.npy'; make one whose name is foo.bar"),
        (["alf/spikes.times.xyz"], {}, "no dataset type matches 'spikes.times.xyz'"),
        (["alf/_ibl_trials.table.xyz"], {}, "no data format has the extension '.xyz'"),
        (["#v1#/alf/spikes.times.npy"], {}, "There must be only 1 revision"),
        (["alf/../spikes.times.npy"], {}, "'alf/..' is not a collection"),
        (["al f/spikes.times.npy"], {}, "'al f' is not a collection"),
    ],
)
def test_what_cannot_be_registered_is_named_and_nothing_is_kept(
    post: Any, files: list[str], values: dict[str, Any], words: str
) -> None:
    answer = post(*(files if values else [WHEEL, *files]), **values)
    assert answer.status_code == 400
    body = answer.json()
    assert body["status_code"] == 400
    assert words in body.get("error", "") + body.get("detail", "")
    assert not Dataset.objects.exists()


def test_a_file_that_matches_two_types_is_refused_with_both_names(post: Any) -> None:
    DatasetType.objects.create(name="trials.other", filename_pattern="*trials.tab*")
    assert "trials.other, trials.table" in post(TRIALS).json()["detail"]


def test_a_protected_file_is_not_patched_and_nothing_else_is_kept(post: Any, world: World) -> None:
    dataset = make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    answer = post(WHEEL, TRIALS, hashes=[HASH, OTHER])
    assert answer.status_code == 403
    assert answer.json() == {"status_code": 403, "detail": f"Dataset {dataset.pk} is protected, cannot patch"}
    assert not Dataset.objects.filter(name="_ibl_wheel.position.npy").exists()
    assert post(TRIALS, hashes=[HASH]).status_code == 201


def test_asked_beforehand_every_revision_is_listed_the_newest_first(
    post: Any, client_of: Clients, world: World
) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    make_dataset(world.session, revision="2024-02-02")
    details = [{"alf/#new#/_ibl_trials.table.pqt": [{"2024-02-02": False}, {"": True}]}]
    expected = {"status_code": 403, "error": "One or more datasets is protected", "details": details}
    refused = post("alf/#new#/_ibl_trials.table.pqt", check_protected=True)
    assert (refused.status_code, refused.json()) == (403, expected)
    body = {"path": "KS014/2024-01-31/001", "filenames": ["alf/#new#/_ibl_trials.table.pqt"]}
    asked = client_of("alice").generic("GET", "/check-protected", _json(body), content_type="application/json")
    assert (asked.status_code, asked.json()) == (200, expected)
    free = {**body, "filenames": [WHEEL]}
    asked = client_of("alice").generic("GET", "/check-protected", _json(free), content_type="application/json")
    assert asked.json() == {"status_code": 200, "details": "None of the datasets are protected"}


def test_files_may_belong_to_a_subject(post: Any, world: World) -> None:
    answer = post(
        "_ibl_subjectTrials.table.pqt", path="Subjects/KS014", content_type="subject", object_id=world.subject.pk
    )
    made = answer.json()[0]
    assert (made["content_type"], made["object_id"]) == ("subjects.subject", str(world.subject.pk))
    assert made["collection"] == "Subjects/KS014"
    wrong = post(TRIALS, path="Subjects/KS014", content_type="labmember", object_id=world.people["bob"].pk)
    assert wrong.json()["detail"] == "Invalid content type: labmember"


def test_registration_costs_the_same_queries_however_many_files(post: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(40) as one:
        post("alf/probe00/spikes.times.npy")
    names = [
        f"alf/probe{i:02d}/spikes.{what}.npy" for i in range(5) for what in ("times", "amps", "depths", "clusters")
    ]
    with django_assert_max_num_queries(40) as many:
        post(*names)
    assert len(many) <= len(one) + 2


@pytest.mark.parametrize("values", [{"hash": OTHER}, {"file_size": 1}, {"collection": "raw"}])
def test_the_content_of_a_protected_dataset_stays(client_of: Clients, world: World, values: dict[str, Any]) -> None:
    dataset = make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    client = client_of("alice")
    assert client.patch(f"/datasets/{dataset.pk}", values, format="json").status_code == 403
    assert client.patch(f"/datasets/{dataset.pk}", {"qc": "FAIL"}, format="json").json()["qc"] == "FAIL"
    assert client.delete(f"/datasets/{dataset.pk}").status_code == 403


def test_a_list_of_datasets_says_what_is_protected_and_public(client_of: Clients, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True, public=True))
    client = client_of("alice")
    row = client.get("/datasets").json()["results"][0]
    assert (row["protected"], row["public"], row["tags"], row["revision"], row["qc"]) == (
        1,
        1,
        ["published"],
        "",
        "NOT_SET",
    )
    assert (row["experiment_number"], row["session"][-36:]) == (1, str(world.session.pk))
    for query, count in {"protected=true": 1, "public=false": 0, "exists=true": 1, "tag=publ": 1, "qc=FAIL": 0}.items():
        assert client.get(f"/datasets?{query}").json()["count"] == count


def _json(body: dict[str, Any]) -> str:
    import json

    return json.dumps(body)
