"""Transfers that meet cuts, lies, refusals and deaths: the right bytes or a clear error, never a bad file."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bregma.store import (
    AccessDenied,
    Engine,
    Fetch,
    FileMissing,
    Fingerprint,
    HashMismatch,
    HTTPStore,
    LocalStore,
    Retry,
    Source,
    StorageFull,
    StoreUnavailable,
    download,
)
from bregma.store.transfer.line import Bandwidth, Cancelled, Line, Speeds
from bregma.store.transfer.part import PartFile

CONTENT = os.urandom(300_000)
EXPECTED = Fingerprint(len(CONTENT), hashlib.md5(CONTENT).hexdigest())


class Web:
    """Connections that answer by a function."""

    def __init__(self, answer) -> None:
        self.http = httpx.Client(transport=httpx.MockTransport(answer))


def cut_at(*places: int, content: bytes = CONTENT):
    """Answer with ranges, breaking off after so many bytes, once for each place."""
    left = list(places)

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        if start >= len(content):
            return httpx.Response(416)
        body = content[start:]
        headers = {"Content-Length": str(len(body)), "Content-Range": f"bytes {start}-/{len(content)}"}
        stop = left.pop(0) if left else len(body)

        def stream():
            yield body[:stop]
            if stop < len(body):
                raise httpx.ReadError("connection reset")

        return httpx.Response(206 if start else 200, headers=headers, content=stream())

    return answer


@given(places=st.lists(st.integers(0, 2100), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_server_cut_at_any_byte_is_resumed(places, tmp_path):
    content = CONTENT[:2000]
    expected = Fingerprint(2000, hashlib.md5(content).hexdigest())
    (tmp_path / "a.b.npy").unlink(missing_ok=True)
    engine = Engine(Web(cut_at(*places, content=content)), retry=Retry(attempts=8, sleep=lambda _: None), silent=True)
    engine.fetch([Fetch(tmp_path / "a.b.npy", [Source("http://x/a.b.npy")], expected)])
    assert [path.name for path in tmp_path.iterdir()] == ["a.b.npy"]
    assert (tmp_path / "a.b.npy").read_bytes() == content


def test_the_bytes_of_an_earlier_run_are_read_once_and_never_fetched_again(tmp_path, impatient):
    with PartFile(tmp_path / "a.b.npy", EXPECTED) as part:
        part.append(CONTENT[:1000])
    seen = []

    def answer(request):
        seen.append(request.headers.get("Range"))
        return cut_at()(request)

    Engine(Web(answer), retry=impatient).fetch([Fetch(tmp_path / "a.b.npy", [Source("http://x/a")], EXPECTED)])
    assert seen == ["bytes=1000-"]
    assert (tmp_path / "a.b.npy").read_bytes() == CONTENT


def test_without_an_md5_a_part_is_taken_up_only_where_the_caller_checks_the_whole(tmp_path, impatient):
    seen = []

    def answer(request):
        seen.append(request.headers.get("Range"))
        return cut_at()(request)

    for resume in (False, True):
        with PartFile(tmp_path / "a.b.npy", Fingerprint()) as part:
            part.append(CONTENT[:1000])
        wanted = Fetch(tmp_path / "a.b.npy", [Source("http://x/a")], resume=resume)
        Engine(Web(answer), retry=impatient).fetch([wanted])
        assert (tmp_path / "a.b.npy").read_bytes() == CONTENT
    assert seen == [None, "bytes=1000-"]


def test_a_part_of_another_version_is_not_used_and_goes(tmp_path, impatient):
    with PartFile(tmp_path / "a.b.npy", Fingerprint(9, "0" * 32)) as part:
        part.append(b"other")
    Engine(Web(cut_at()), retry=impatient).fetch([Fetch(tmp_path / "a.b.npy", [Source("http://x/a")], EXPECTED)])
    assert [path.name for path in tmp_path.iterdir()] == ["a.b.npy"]


def test_a_spoiled_part_is_found_out_and_fetched_anew(tmp_path, impatient):
    with PartFile(tmp_path / "a.b.npy", EXPECTED) as part:
        part.append(b"x" * 1000)
    Engine(Web(cut_at()), retry=impatient).fetch([Fetch(tmp_path / "a.b.npy", [Source("http://x/a")], EXPECTED)])
    assert (tmp_path / "a.b.npy").read_bytes() == CONTENT


def test_a_server_that_always_gives_half_a_file_is_given_up(tmp_path, impatient):
    half = CONTENT[:1000]
    engine = Engine(Web(cut_at(content=half)), retry=impatient)
    with pytest.raises(HashMismatch, match="fewer than 1000 bytes"):
        engine.fetch([Fetch(tmp_path / "a.b.npy", [Source("http://x/a")], EXPECTED)])
    assert not (tmp_path / "a.b.npy").exists()


def without_length(request: httpx.Request) -> httpx.Response:
    answer = httpx.Response(200, content=iter([CONTENT[:99]]))
    del answer.headers["Transfer-Encoding"]
    return answer


def test_an_answer_without_length_of_an_unknown_file_is_refused(tmp_path, impatient):
    with pytest.raises(StoreUnavailable, match="without its length"):
        Engine(Web(without_length), retry=impatient).fetch([Fetch(tmp_path / "a", [Source("http://x/a")])])
    assert list(tmp_path.iterdir()) == []


def test_an_answer_without_length_that_ends_early_is_not_believed(tmp_path, impatient):
    with pytest.raises(StoreUnavailable, match="99 bytes are kept"):
        Engine(Web(without_length), retry=impatient).fetch([Fetch(tmp_path / "a", [Source("http://x/a")], EXPECTED)])
    assert not (tmp_path / "a").exists()


def test_a_mirror_that_lies_or_fails_is_left_for_the_next(tmp_path, impatient):
    (tmp_path / "copy").write_bytes(CONTENT)

    def answer(request):
        liar = cut_at(content=CONTENT[:-1] + b"?")
        return httpx.Response(404) if request.url.host == "gone" else liar(request)

    sources = [Source("http://gone/a"), Source("http://liar/a"), Source.of(LocalStore(tmp_path), "copy", priority=9)]
    Engine(Web(answer), retry=impatient).fetch([Fetch(tmp_path / "a", sources, EXPECTED)])
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_when_no_mirror_has_it_the_error_tells_of_each(tmp_path, impatient):
    def answer(request):
        return httpx.Response(404 if request.url.host == "gone" else 403)

    sources = [Source("http://gone/a?signature=secret"), Source("http://closed/a")]
    with pytest.raises(StoreUnavailable, match=r"\(1\) http://gone/a: .*404.*\(2\) http://closed/a: .*403") as caught:
        Engine(Web(answer), retry=impatient).fetch([Fetch(tmp_path / "a", sources, EXPECTED)])
    assert "secret" not in str(caught.value)
    with pytest.raises(FileMissing, match="none of 2 sources"):
        Engine(Web(answer), retry=impatient).fetch(
            [Fetch(tmp_path / "a", [Source("http://gone/a"), Source("http://gone/b")], EXPECTED)]
        )


def test_hosts_are_ranked_by_failures_then_speed():
    speeds = Speeds()
    speeds.note("slow", 100, 1.0)
    speeds.note("fast", 900, 1.0)
    speeds.note_failure("down")
    assert sorted(["down", "slow", "new", "fast"], key=speeds.rank) == ["new", "fast", "slow", "down"]
    speeds.note("down", 9000, 1.0)
    assert min(["down", "fast"], key=speeds.rank) == "down"


def test_an_expired_token_is_renewed_once(tmp_path, impatient):
    seen = []

    def answer(request):
        seen.append(request.headers.get("Authorization"))
        return cut_at()(request) if seen[-1] == "Token new" else httpx.Response(401)

    def source(renewed):
        return Source("http://x/a", {"Authorization": "Token old"}, renew=lambda _: renewed)

    engine = Engine(Web(answer), retry=impatient)
    engine.fetch([Fetch(tmp_path / "a", [source({"Authorization": "Token new"})], EXPECTED)])
    assert seen == ["Token old", "Token new"]
    for renewed in (None, {"Authorization": "Token worse"}):
        with pytest.raises(AccessDenied, match="401"):
            engine.fetch([Fetch(tmp_path / "b", [source(renewed)], EXPECTED)])
    assert seen[2:] == ["Token old", "Token old", "Token worse"]


def test_a_redirect_is_followed_and_no_other_host_sees_the_token(tmp_path, impatient):
    seen = []

    def answer(request):
        seen.append((request.url.host, request.headers.get("Authorization"), request.headers.get("X-Key")))
        if request.url.host == "here":
            return httpx.Response(302, headers={"Location": "http://there/b?signed=1"})
        return cut_at()(request)

    secrets = {"Authorization": "Token secret", "X-Key": "secret"}
    Engine(Web(answer), retry=impatient).fetch([Fetch(tmp_path / "a", [Source("http://here/a", secrets)], EXPECTED)])
    store = HTTPStore("http://here", headers=secrets, retry=impatient, transport=httpx.MockTransport(answer))
    assert b"".join(store.read("a")) == CONTENT
    store.close()
    assert seen == [("here", "Token secret", "secret"), ("there", None, None)] * 2


def test_redirects_that_never_end_or_lead_to_files_are_refused(tmp_path, impatient):
    for place in ("/again", "file:///etc/passwd"):
        engine = Engine(Web(lambda _, place=place: httpx.Response(302, headers={"Location": place})), retry=impatient)
        with pytest.raises(StoreUnavailable, match=r"more than 5 times|no address"):
            engine.fetch([Fetch(tmp_path / "a", [Source("http://x/a")], EXPECTED)])


def test_a_full_disk_stops_all_and_leaves_nothing(tmp_path, impatient, monkeypatch):
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PartFile, "append", fill)
    items = [Fetch(tmp_path / f"{i}.npy", [Source("http://x/a")], EXPECTED) for i in range(5)]
    with pytest.raises(StorageFull, match="Free some space"):
        Engine(Web(cut_at()), retry=impatient).fetch(items)
    assert list(tmp_path.iterdir()) == []


def test_one_bad_file_does_not_hinder_the_others(tmp_path, impatient):
    def answer(request):
        return httpx.Response(404) if request.url.path == "/3" else cut_at()(request)

    items = [Fetch(tmp_path / str(i), [Source(f"http://x/{i}")], EXPECTED) for i in range(20)]
    with pytest.raises(FileMissing, match="/3"):
        Engine(Web(answer), retry=impatient).fetch(items)
    assert sorted(int(path.name) for path in tmp_path.iterdir()) == [i for i in range(20) if i != 3]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt, even where the run was started in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_keeps_parts_and_starts_nothing_new(tmp_path, impatient):
    begun, both, interrupted = [], threading.Barrier(2), threading.Event()

    def stream():
        yield CONTENT[:1000]
        if both.wait(10) == 0:  # one of them, or a second signal cuts the clearing up short
            os.kill(os.getpid(), signal.SIGINT)
        interrupted.wait(10)
        yield CONTENT[1000:]

    def answer(request):
        begun.append(request.url.path)
        return httpx.Response(200, headers={"Content-Length": str(len(CONTENT))}, content=stream())

    items = [Fetch(tmp_path / str(i), [Source(f"http://x/{i}")], EXPECTED) for i in range(50)]
    with pytest.raises(KeyboardInterrupt):
        Engine(Web(answer), retry=impatient, parallel=2).fetch(items)
    interrupted.set()
    for thread in threading.enumerate():
        if thread.name.startswith("transfer"):
            thread.join()
    assert len(begun) == 2
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [1000, 1000]


def test_a_cancelled_line_lets_nothing_through():
    line = Line()
    line.cancelled.set()
    with pytest.raises(Cancelled):
        list(line.pass_on(iter([b"x"])))


def test_the_bandwidth_is_shared_by_threads():
    now, waits = [0.0], []
    limit = Bandwidth(1000, clock=lambda: now[0], sleep=waits.append)
    threads = [threading.Thread(target=limit.take, args=(500,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [0.5, 1.0, 1.5, 2.0]
    with pytest.raises(ValueError, match="more than 0"):
        Bandwidth(0)


def test_a_plan_adds_up_and_brings_nothing(tmp_path):
    items = [Fetch(tmp_path / "a", [], Fingerprint(2_000_000)), Fetch(tmp_path / "b", [])]
    assert str(Engine.plan(items)) == "2 files, 2.0 MB, and 1 of unknown size"


KILLED = """
import sys, time, httpx
from pathlib import Path
from bregma.store import Fingerprint, download

def stream():
    yield b"x" * 200_000
    print("writing", flush=True)
    time.sleep(60)

answer = lambda request: httpx.Response(200, headers={"Content-Length": "300000"}, content=stream())
client = httpx.Client(transport=httpx.MockTransport(answer))
download(client, "http://x/a", Path(sys.argv[1]), expected=Fingerprint(300_000, sys.argv[2]))
"""


def test_a_program_killed_while_writing_leaves_no_bad_file_and_the_next_one_succeeds(tmp_path, impatient):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "a"), str(EXPECTED.md5)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "a").exists()
    with httpx.Client(transport=httpx.MockTransport(cut_at())) as client:
        download(client, "http://x/a", tmp_path / "a", expected=EXPECTED, retry=impatient)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_attempts_count_from_new_after_progress_and_obey_the_server():
    waits: list[float] = []
    retry = Retry(attempts=3, first=2, sleep=waits.append)
    made = 0
    for attempt in retry.tries():
        made += 1
        attempt.moved = made <= 4
        attempt.retry_after = "7"
    assert made == 6
    assert waits == [7.0] * 5
    for attempt in retry.tries():
        attempt.reached = False
    assert attempt.number == 2
