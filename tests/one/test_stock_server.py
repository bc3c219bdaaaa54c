"""The client on a stock Alyx: what IBL's public server was recorded to say, and none of what ours adds."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from tests.one.stock_alyx import DATA_LOGIN, PEOPLE, StockAlyx, serve

from bregma.one import ONE, AuthenticationError, RecordNotFound

EID = UUID("d0ea3148-948d-4817-94f8-dcaf2342bbbe")


@pytest.fixture
def stock(shared_data: Path) -> StockAlyx:
    folder = shared_data / "openalyx_one_cache"
    if not folder.is_dir():
        pytest.skip(f"no recorded answers at {folder}")
    stock = StockAlyx(folder)
    for record in stock.files_of(str(EID)):
        if record["name"].startswith("_ibl_trials") or record["collection"] == "alf/probe00/pykilosort":
            is_array = record["name"].endswith(".npy")
            stock.hold(record["url"][-36:], np.arange(29) if is_array else pd.DataFrame({"choice": np.arange(29)}))
    return stock


@pytest.fixture
def url(stock: StockAlyx) -> Iterator[str]:
    with serve(stock) as url:
        yield url


@pytest.fixture
def one(url: str, stock: StockAlyx, tmp_path: Path, monkeypatch: Any) -> Iterator[ONE]:
    """A client whose data server's password was set up with IBL's ONE."""
    monkeypatch.setenv("HOME", str(tmp_path))
    set_up_by_ibl(tmp_path, url, stock.elsewhere)
    with ONE(url, **PEOPLE, cache_dir=tmp_path / "cache", silent=True) as one:
        yield one


def set_up_by_ibl(home: Path, url: str, data: str) -> None:
    key = url.removeprefix("http://").replace(":", "_")
    known = {"HTTP_DATA_SERVER": f"{data}/data/public", "HTTP_DATA_SERVER_LOGIN": DATA_LOGIN[0]}
    known |= {"HTTP_DATA_SERVER_PWD": DATA_LOGIN[1], "ALYX_URL": url, "ALYX_LOGIN": PEOPLE["username"]}
    (home / ".one").mkdir()
    (home / ".one" / f".{key}").write_text(json.dumps(known))


def test_sessions_are_found_by_every_term_of_a_stock_server(one: ONE, stock: StockAlyx) -> None:
    record = stock.sessions[str(EID)]
    day = record["start_time"][:10]
    terms = {"subject": record["subject"], "date_range": [day, day], "lab": record["lab"], "number": record["number"]}
    assert one.search(**terms, project="brainwide", task="ephys", datasets="_ibl_trials.table.pqt") == [EID]
    assert one.search(subject=f"^{record['subject']}$", datasets="clusters.*") == [EID]
    assert one.search(id=str(EID), details=True)[1][0]["lab"] == record["lab"]
    assert one.get_details(EID)["subject"] == record["subject"]


def test_all_pages_of_a_list_come(one: ONE, stock: StockAlyx) -> None:
    wanted = {UUID(eid) for eid, each in stock.sessions.items() if each["lab"] == "mainenlab"}
    found = one.search(lab="mainenlab")
    assert set(found) == wanted
    assert len(found) == len(wanted) > stock.page


def test_names_of_a_session_lead_to_each_other(one: ONE, stock: StockAlyx) -> None:
    path = one.eid2path(EID)
    assert one.path2eid(path) == one.to_eid(one.eid2ref(EID, as_dict=False)) == EID
    assert path.relative_to(one.cache_dir).parts[1] == "Subjects"


def test_files_come_from_the_data_server_with_its_own_password(one: ONE, stock: StockAlyx) -> None:
    trials = one.load_object(EID, "trials")
    assert {"choice", "stimOff_times", "goCueTrigger_times"} <= set(trials)
    asked = [line for line in stock.asked if "/Subjects/" in line]
    assert len(asked) == 3
    assert all(" /data/public/" in line for line in asked)


@pytest.mark.parametrize("name", ["text", "path", "reference"])
def test_a_cold_client_asks_twice_before_the_first_file(one: ONE, stock: StockAlyx, name: str) -> None:
    record = stock.sessions[str(EID)]
    day = record["start_time"][:10]
    names = {"text": str(EID), "path": f"{record['subject']}/{day}/{record['number']:03d}"}
    names["reference"] = f"{day}_{record['number']}_{record['subject']}"
    one.load_dataset(names[name], "_ibl_trials.table.pqt")
    assert len([line for line in stock.asked if "/Subjects/" not in line]) == 2


def test_the_public_bucket_serves_what_the_data_server_does_not(one: ONE, stock: StockAlyx) -> None:
    stock.broken.add("data")
    np.testing.assert_array_equal(one.load_dataset(EID, "_ibl_trials.stimOff_times.npy"), np.arange(29))
    assert any(" /bucket/data/" in line for line in stock.asked)


def test_revisions_and_collections_are_listed(one: ONE) -> None:
    assert one.list_collections(EID) == ["alf", "alf/probe00", "alf/probe00/pykilosort"]
    assert "2024-03-22" in one.list_revisions(EID)
    clusters = one.load_object(EID, "clusters", collection="alf/probe00/pykilosort", revision="2024-03-22")
    assert {"amps", "depths", "channels"} <= set(clusters)


def test_insertions_lead_to_sessions_and_back(one: ONE, stock: StockAlyx) -> None:
    pids, names = one.eid2pid(EID)
    assert names == ["probe00"]
    assert one.pid2eid(pids[0]) == (EID, "probe00")
    assert one.search_insertions(session=EID) == pids


def test_a_client_without_a_password_is_told_so(url: str, tmp_path: Path) -> None:
    with pytest.raises(AuthenticationError, match="password"):
        ONE(url, "intbrainlab", "wrong", cache_dir=tmp_path)
    with ONE(url, cache_dir=tmp_path) as one, pytest.raises(AuthenticationError, match="Sign in first"):
        one.search(lab="mainenlab")


def test_what_only_our_server_has_is_not_found(one: ONE) -> None:
    with pytest.raises(RecordNotFound):
        one.alyx.get("/resolve/nothing")


def test_the_tables_of_the_server_serve_offline(one: ONE, stock: StockAlyx, shared_data: Path) -> None:
    stock.tables = tables_of(stock, shared_data / "openalyx_one_cache")
    one.load_object(EID, "trials")
    one.load_cache()
    asked, n = one.search(lab="mainenlab"), len(stock.asked)
    one.mode = "local"
    assert set(one.search(lab="mainenlab")) == set(asked)
    assert "_ibl_trials.table.pqt" in " ".join(one.list_datasets(EID))
    np.testing.assert_array_equal(one.load_object(EID, "trials")["stimOff_times"], np.arange(29))
    assert len(stock.asked) == n
    one.mode = "remote"
    one.load_cache()
    assert not any("delta" in line or "cache.zip" in line for line in stock.asked[n:])


def tables_of(stock: StockAlyx, recorded: Path) -> bytes:
    """Make an archive of the public server's own table of sessions, and one of files as its were then."""
    files = [
        {
            "eid": one["session"][-36:],
            "id": one["url"][-36:],
            "file_size": one["file_size"],
            "hash": one["hash"],
            "rel_path": "/".join(one["file_records"][0]["relative_path"].split("/")[3:]),
            "default_revision": one["default_dataset"],
            "exists": True,
        }
        for one in stock.datasets.values()
    ]
    datasets = pd.DataFrame(files).astype({"file_size": "UInt64"}).set_index(["eid", "id"])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.write(recorded / "sessions.pqt", "sessions.pqt")
        archive.writestr("datasets.pqt", datasets.to_parquet())
        archive.writestr("cache_info.json", json.dumps(stock.info))
    return stream.getvalue()
