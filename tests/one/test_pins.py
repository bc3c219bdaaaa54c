"""Pins: a revision, a moment or a release in place of what is there now."""

import pickle
from datetime import UTC, datetime

import httpx
import numpy as np
import pytest
from tests.alf_lab import AlfLab

from bregma.alf import write_object
from bregma.one import DatasetNotFound, TablesMissing
from bregma.one.errors import UnknownMoment


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    """Spikes in three revisions, of which the middle one is the default."""
    lab = AlfLab(tmp_path / "lab")
    folder = lab.add_session("KS014", "2019-08-30") / "alf"
    for number, revision in enumerate(["", "#2023-01-01#", "#2024-01-01#"]):
        write_object(folder / revision, "spikes", {"times": np.arange(3.0) + number})
    write_object(folder / "#2025-01-01#", "licks", {"times": np.arange(3.0)})
    lab.not_default = {"alf/spikes.times.npy", "alf/#2024-01-01#/spikes.times.npy"}
    lab.write()
    return lab


@pytest.mark.parametrize(("revision", "first"), [("2022-01-01", 0), ("2023-01-01", 1), ("2023-06-01", 1), ("2030", 2)])
def test_the_last_revision_before_is_loaded(lab, revision: str, first: int) -> None:
    one = lab.open().at(revision=revision)
    assert one.load_dataset(lab.eid(), "spikes.times.npy")[0] == first
    assert one.load_object(lab.eid(), "spikes").times[0] == first


def test_later_revisions_are_not_there(lab) -> None:
    one = lab.open().at(revision="2023-06-01")
    assert one.list_datasets(lab.eid()) == ["alf/#2023-01-01#/spikes.times.npy", "alf/spikes.times.npy"]
    with pytest.raises(DatasetNotFound):
        one.load_object(lab.eid(), "licks")
    assert one.load_dataset(lab.eid(), "spikes.times.npy", revision="2030")[0] == 1


def test_the_one_that_is_pinned_stays_as_it_is(lab) -> None:
    one = lab.open()
    one.at(revision="2022")
    assert one.load_dataset(lab.eid(), "spikes.times.npy")[0] == 1


def test_a_pinned_one_can_be_pickled(lab) -> None:
    one = pickle.loads(pickle.dumps(lab.open().at(revision="2022")))
    assert one.load_dataset(lab.eid(), "spikes.times.npy")[0] == 0


def test_exactly_one_pin_is_given(lab) -> None:
    for pins in ({}, {"tag": "a", "revision": "b"}):
        with pytest.raises(ValueError, match="one of tag=, revision= and moment="):
            lab.open().at(**pins)


def test_tables_do_not_know_moments(lab) -> None:
    with pytest.raises(UnknownMoment, match="mode='remote'"):
        lab.open().at(moment="2024-01-01")


def test_a_release_that_is_not_here_is_named(lab) -> None:
    with pytest.raises(TablesMissing, match=r"load_cache\(tag='2024_Q1'\)"):
        lab.open().at(tag="2024_Q1")


def test_a_release_is_fetched_and_only_its_datasets_are_there(alyx, one, tmp_path) -> None:
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    everything = dict(alyx.datasets)
    for key in [key for key, each in everything.items() if "wheel" not in each["name"]]:
        del alyx.datasets[key]
    alyx.make_tables(tmp_path / "made")
    alyx.datasets = everything
    release = one.at(tag="2024_Q1")
    assert release.list_datasets(eid) == ["alf/_ibl_wheel.position.npy"]
    np.testing.assert_array_equal(release.load_object(eid, "wheel").position, np.arange(5.0))
    assert len(one.list_datasets(eid)) > 1


def tell_moments(alyx, late: str, entered: str | None) -> None:
    """Let the server tell that all files were entered in 2020, and those of one name later."""

    def answer(request: httpx.Request) -> httpx.Response:
        records = [
            {"url": f"http://alyx.test/datasets/{key}", "session": one["eid"]}
            | {"created_datetime": entered if late in one["data_url"] else "2020-01-01T00:00:00"}
            for key, one in alyx.datasets.items()
        ]
        return alyx.listed(request, records)

    alyx.get_datasets = answer


def test_files_entered_after_the_moment_are_not_there(alyx, one) -> None:
    tell_moments(alyx, "2024-05-06", "2024-05-07T10:00:00")
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    before = one.at(moment=datetime(2024, 5, 7, 9, tzinfo=UTC))
    after = one.at(moment="2024-05-07T10:00:00+00:00")
    assert "alf/probe00/#2024-05-06#/spikes.times.npy" not in before.list_datasets(eid)
    assert "alf/probe00/#2024-05-06#/spikes.times.npy" in after.list_datasets(eid)


def test_sessions_after_the_moment_are_not_there(one) -> None:
    assert len(one.search(subject="KS014")) == 2
    assert len(one.at(moment="2019-08-30").search(subject="KS014")) == 1


def test_a_moment_that_the_server_cannot_tell_is_an_error(alyx, one) -> None:
    tell_moments(alyx, "wheel", None)
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    with pytest.raises(UnknownMoment, match=r"_ibl_wheel\.position\.npy .* was entered"):
        one.at(moment="2024-01-01").list_datasets(eid)


def test_what_is_no_moment_is_refused(one) -> None:
    with pytest.raises(ValueError, match="'yesterday' is no moment"):
        one.at(moment="yesterday")
