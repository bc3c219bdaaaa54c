"""The bytes of datasets over HTTP."""

import base64
import errno
import hashlib
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import PASSWORD, Clients, World, make_dataset

from bregma.alyx.data import store_api
from bregma.alyx.data.models import Dataset, FileRecord, Tag
from bregma.store import LocalStore

BYTES = bytes(range(256)) * 4
MD5 = hashlib.md5(BYTES).hexdigest()


@pytest.fixture
def dataset(world: World, store: LocalStore) -> Dataset:
    dataset = make_dataset(world.session, digest=MD5)
    dataset.file_size = len(BYTES)
    dataset.save()
    dataset.file_records.update(exists=False)
    return dataset


def url_of(dataset: Dataset) -> str:
    return f"/store/mainenlab/Subjects/KS014/2024-01-31/001/alf/_ibl_trials.table.{dataset.pk}.pqt"


def put(client: APIClient, dataset: Dataset, data: bytes = BYTES) -> Any:
    return client.put(url_of(dataset), data, content_type="application/octet-stream")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 201), ("dora", 201), ("bob", 201), ("root", 201), ("charlie", 403), ("visitor", 403)]
)
def test_bytes_are_taken_from_those_who_may_write(client_of: Clients, dataset: Dataset, name: str, status: int) -> None:
    assert put(client_of(name), dataset).status_code == status
    assert FileRecord.objects.get().exists is (status == 201)


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("charlie", 200), ("visitor", 404), ("anonymous", 401)])
def test_bytes_are_given_to_those_who_may_read(client_of: Clients, dataset: Dataset, name: str, status: int) -> None:
    put(client_of("alice"), dataset)
    answer = client_of(name).get(url_of(dataset))
    assert answer.status_code == status
    assert status != 200 or body(answer) == BYTES


def test_public_bytes_are_given_to_the_public(client_of: Clients, dataset: Dataset) -> None:
    put(client_of("alice"), dataset)
    dataset.tags.add(Tag.objects.create(name="release", public=True))
    assert body(client_of("visitor").get(url_of(dataset))) == BYTES
    assert put(client_of("visitor"), dataset).status_code == 403


def test_a_name_and_password_open_the_store_as_the_data_server_login_of_one(
    dataset: Dataset, client_of: Clients
) -> None:
    put(client_of("alice"), dataset)
    anonymous = APIClient()
    assert anonymous.get(url_of(dataset)).headers["WWW-Authenticate"] == 'Basic realm="bregma"'
    for password, status in ((PASSWORD, 200), (PASSWORD, 200), ("wrong", 401)):
        word = base64.b64encode(f"alice:{password}".encode()).decode()
        answer = anonymous.get(url_of(dataset), HTTP_AUTHORIZATION=f"Basic {word}")
        assert answer.status_code == status


def test_guessing_passwords_at_the_store_is_slowed_down(dataset: Dataset) -> None:
    anonymous = APIClient()
    words = [base64.b64encode(f"alice:{i}".encode()).decode() for i in range(11)]
    codes = [anonymous.get(url_of(dataset), HTTP_AUTHORIZATION=f"Basic {word}").status_code for word in words]
    assert codes == [401] * 10 + [429]


@pytest.mark.parametrize("data", [BYTES[:-1] + b"x", BYTES[:-1], BYTES + b"x", b""])
def test_other_bytes_are_refused_with_both_hashes_and_nothing_is_kept(
    client_of: Clients, dataset: Dataset, store: LocalStore, data: bytes
) -> None:
    answer = put(client_of("alice"), dataset, data)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    for words in (
        url_of(dataset)[7:],
        MD5,
        hashlib.md5(data).hexdigest(),
        f"{len(BYTES)} bytes",
        "send the file again",
    ):
        assert words in detail
    assert (list(store.list()), FileRecord.objects.get().exists) == ([], False)


def test_a_body_far_longer_than_registered_is_refused_unread(client_of: Clients, dataset: Dataset) -> None:
    answer = put(client_of("alice"), dataset, BYTES * 2000)
    assert (answer.status_code, "are announced" in answer.json()["detail"]) == (422, True)


def test_a_body_without_a_length_is_refused_with_the_way_out(client_of: Clients, dataset: Dataset) -> None:
    answer = client_of("alice").put(
        url_of(dataset), BYTES, content_type="application/octet-stream", HTTP_TRANSFER_ENCODING="chunked"
    )
    assert (answer.status_code, "Content-Length" in answer.json()["detail"]) == (400, True)


def test_bytes_that_are_there_stay_when_others_are_refused(client_of: Clients, dataset: Dataset) -> None:
    put(client_of("alice"), dataset)
    put(client_of("alice"), dataset, b"other")
    assert body(client_of("alice").get(url_of(dataset))) == BYTES


@pytest.mark.parametrize(
    ("header", "expected", "content_range"),
    [
        ("bytes=0-9", BYTES[:10], "bytes 0-9/1024"),
        ("bytes=1000-", BYTES[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", BYTES[-24:], "bytes 1000-1023/1024"),
    ],
)
def test_a_range_of_bytes(
    client_of: Clients, dataset: Dataset, header: str, expected: bytes, content_range: str
) -> None:
    put(client_of("alice"), dataset)
    answer = client_of("alice").get(url_of(dataset), HTTP_RANGE=header)
    assert (answer.status_code, body(answer)) == (206, expected)
    assert (answer.headers["Content-Range"], answer.headers["Content-Length"]) == (content_range, str(len(expected)))


def test_a_range_beyond_the_end_is_416(client_of: Clients, dataset: Dataset) -> None:
    put(client_of("alice"), dataset)
    answer = client_of("alice").get(url_of(dataset), HTTP_RANGE="bytes=5000-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */1024")


def test_a_range_of_another_version_gets_the_whole_file(client_of: Clients, dataset: Dataset) -> None:
    put(client_of("alice"), dataset)
    client = client_of("alice")
    assert client.get(url_of(dataset), HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"old"').status_code == 200
    assert client.get(url_of(dataset), HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE=f'"{MD5}"').status_code == 206


def test_head_and_etag_say_what_is_there(client_of: Clients, dataset: Dataset) -> None:
    put(client_of("alice"), dataset)
    client = client_of("alice")
    head = client.head(url_of(dataset))
    assert (head.status_code, head.headers["Content-Length"], head.headers["ETag"]) == (200, "1024", f'"{MD5}"')
    assert (head.headers["Accept-Ranges"], head.content) == ("bytes", b"")
    assert client.get(url_of(dataset), HTTP_IF_NONE_MATCH=f'"{MD5}"').status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/store/otherlab/Subjects/KS014/2024-01-31/001/alf/_ibl_trials.table.{}.pqt",
        "/store/mainenlab/Subjects/KS014/2024-01-31/001/alf/other.table.{}.pqt",
        "/store/mainenlab/Subjects/KS014/2024-01-31/001/alf/_ibl_trials.table.pqt",
        "/store/mainenlab/_ibl_trials.table.{}.pqt",
    ],
)
def test_only_registered_places_can_be_read_or_written(client_of: Clients, dataset: Dataset, path: str) -> None:
    client = client_of("root")
    assert client.put(path.format(dataset.pk), BYTES, content_type="application/octet-stream").status_code == 404
    assert client.get(path.format(dataset.pk)).status_code == 404


@pytest.mark.parametrize("path", ["/store/%2e%2e/secret_key", "/store/a/../../secret_key", "/store//etc/passwd"])
def test_no_path_leads_out_of_the_store(client_of: Clients, dataset: Dataset, path: str) -> None:
    assert client_of("root").get(path).status_code in (400, 404)


def test_a_registered_file_that_is_missing_is_404_with_the_way_out(client_of: Clients, dataset: Dataset) -> None:
    answer = client_of("alice").get(url_of(dataset))
    assert answer.status_code == 404
    assert "register and send it first" in answer.json()["detail"]


def test_a_full_disk_is_507_and_leaves_nothing(
    client_of: Clients, dataset: Dataset, tmp_path: Path, monkeypatch: Any
) -> None:
    def full(path: Path) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_api, "local_store", lambda: LocalStore(tmp_path, opener=full))
    answer = put(client_of("alice"), dataset)
    assert answer.status_code == 507
    assert "no space left" in answer.json()["detail"]
    assert FileRecord.objects.get().exists is False


def test_a_file_registered_without_hash_must_be_registered_with_it_first(client_of: Clients, dataset: Dataset) -> None:
    Dataset.objects.update(hash="")
    answer = put(client_of("alice"), dataset)
    assert answer.status_code == 400
    assert "register it again with both" in answer.json()["detail"]
