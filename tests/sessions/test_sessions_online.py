"""Sessions of a server: how often it is asked, and what happens when it withholds a file."""

from collections.abc import Callable
from uuid import UUID

import httpx
import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab
from tests.one.conftest import BASE_URL, TOKEN, FakeAlyx
from tests.sessions.session_lab import N, alf, loader, make_lab

from bregma.alf import ALFWarning, write_object
from bregma.one import ONE
from bregma.one.client import AlyxClient
from bregma.one.server.login import SavedLogins
from bregma.sessions import SessionLoader
from bregma.store import Retry


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    return make_lab(tmp_path)


@pytest.fixture
def server(lab) -> FakeAlyx:
    server = FakeAlyx()
    server.add_files(server.add_session("KS014", "2019-08-30"), lab.folder(lab.sessions[0]))
    return server


@pytest.fixture
def one_of(server, tmp_path) -> Callable[[], ONE]:
    """Return what makes a client of the server, with one cache for all."""
    logins = SavedLogins(tmp_path / "config" / "logins.json")
    transport = httpx.MockTransport(server)
    retry = Retry(attempts=2, sleep=lambda _: None)
    return lambda: ONE(
        client=AlyxClient(BASE_URL, token=TOKEN, logins=logins, transport=transport, retry=retry),
        cache_dir=tmp_path / "cache",
    )


def test_a_first_load_takes_a_request_and_its_files_and_a_second_none(server, one_of) -> None:
    session = SessionLoader(one_of(), next(iter(server.sessions)))
    assert (repr(session).count("nothing"), server.requests) == (1, [])
    _ = session.trials, session.trials, session.data_info, session.provenance
    files = [one for one in server.asked() if "/store/" in one]
    assert len(server.requests) == 1 + len(files) == 2
    assert "trials" in files[0]
    SessionLoader(one_of(), next(iter(server.sessions))).load_trials()
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", [403, 500, b"other bytes"])
def test_a_file_that_a_server_withholds_loses_only_its_column_and_comes_later(server, one_of, lab, fault) -> None:
    folder = alf(lab)
    write_object(folder, "trials", {"stimOn_times": np.arange(N) + 0.5}, namespace="ibl")
    server.add_files(UUID(next(iter(server.sessions))), lab.folder(lab.sessions[0]))
    whole = server.store

    def store(request: httpx.Request, path: str) -> httpx.Response:
        if "stimOn_times" not in path:
            return whole(request, path)
        return httpx.Response(fault) if isinstance(fault, int) else httpx.Response(200, content=fault)

    server.store = store
    session = SessionLoader(one_of(), next(iter(server.sessions)))
    with pytest.warns(ALFWarning, match="trials of session .* are not whole: alf/_ibl_trials.stimOn_times.npy"):
        assert len(session.trials) == N
    assert session.provenance["path"].tolist() == ["alf/_ibl_trials.table.pqt"]
    server.store = whole
    assert "stimOn_times" in session.load_trials()


def test_a_session_loads_the_same_from_a_server(lab, server, one_of) -> None:
    online = SessionLoader(one_of(), next(iter(server.sessions)))
    offline = loader(lab)
    report = ["name", "part", "is_there", "is_loaded", "n_rows"]
    pd.testing.assert_frame_equal(online.load_session_data()[report], offline.load_session_data()[report])
    pd.testing.assert_frame_equal(online.trials, offline.trials)
    pd.testing.assert_frame_equal(online.wheel, offline.wheel)
    pd.testing.assert_frame_equal(online.pose["leftCamera"], offline.pose["leftCamera"])
    told = ["attribute", "path", "revision", "hash", "size"]
    pd.testing.assert_frame_equal(online.provenance[told], offline.provenance[told])
    assert len([one for one in server.requests if one.url.path.startswith("/sessions/")]) == 1
