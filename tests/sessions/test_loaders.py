"""Loaders of a session and of an insertion, over a fake ONE."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.sessions import (
    AmbiguousCollection,
    DataMissing,
    InconsistentData,
    SessionLoader,
    SpikeSortingLoader,
)


class FakeOne:
    """A session held in memory: {(collection, object): {attribute: array}}."""

    def __init__(self, content: dict[tuple[str, str], dict[str, Any]], others: tuple[str, ...] = ()) -> None:
        self.content = content
        self.others = others
        self.listed = 0

    def list_datasets(self, eid: Any, /) -> list[str]:
        self.listed += 1
        names = [f"{folder}/#2024-01-01#/{o}.{a}.npy" for (folder, o), bunch in self.content.items() for a in bunch]
        return [*names, *self.others]

    def load_object(self, eid: Any, obj: str, /, collection: str | None = None) -> dict[str, Any]:
        return self.content[collection or "", obj]

    def pid2eid(self, pid: Any, /) -> tuple[str, str]:
        return f"eid of {pid}", "probe00"


def trials(n: int = 3) -> dict[str, np.ndarray]:
    return {"choice": np.ones(n), "intervals": np.arange(2.0 * n).reshape(n, 2), "stimOn_times": np.arange(n) + 0.5}


def sorting(n: int = 4) -> dict[str, np.ndarray]:
    return {"times": np.arange(n) / 10, "clusters": np.zeros(n, int), "amps": np.ones(n), "depths": np.ones(n)}


def test_trials_are_a_table_with_a_column_per_attribute() -> None:
    table = SessionLoader(FakeOne({("alf", "trials"): trials()}), "eid").load_trials()
    assert table.columns.tolist() == ["choice", "intervals_0", "intervals_1", "stimOn_times"]
    assert table["intervals_1"].tolist() == [1.0, 3.0, 5.0]


def test_a_column_of_another_length_is_left_out_and_named() -> None:
    loader = SessionLoader(FakeOne({("alf", "trials"): trials() | {"laserProbability": np.ones(2)}}), "eid")
    assert "laserProbability" not in loader.load_trials()
    assert loader.left_out == {"laserProbability": "2 rows where the others have 3"}


def test_trials_of_a_single_task_are_found_in_its_collection() -> None:
    one = FakeOne({("alf/task_00", "trials"): trials()})
    assert len(SessionLoader(one, "eid").load_trials()) == 3


def test_the_alf_collection_comes_first() -> None:
    one = FakeOne({("alf/task_00", "trials"): trials(2), ("alf", "trials"): trials(5)})
    assert len(SessionLoader(one, "eid").load_trials()) == 5
    assert len(SessionLoader(one, "eid").load_trials(collection="alf/task_00")) == 2


def test_trials_of_several_tasks_must_be_chosen() -> None:
    one = FakeOne({("alf/task_00", "trials"): trials(), ("alf/task_01", "trials"): trials()})
    with pytest.raises(AmbiguousCollection, match="alf/task_00, alf/task_01; name one"):
        SessionLoader(one, "eid").load_trials()


def test_missing_trials_are_an_error_that_says_what_there_is() -> None:
    one = FakeOne({("alf", "wheel"): {"position": np.zeros(2)}}, others=("raw_video_data/notes without a name",))
    with pytest.raises(DataMissing, match=r"no trials in session eid; it has alf: wheel"):
        SessionLoader(one, "eid").load_trials()
    with pytest.raises(DataMissing, match="no datasets"):
        SessionLoader(FakeOne({}), "eid").load_trials()


def test_trials_are_not_looked_for_elsewhere_than_asked() -> None:
    with pytest.raises(DataMissing, match="no trials in collection 'alf/task_07'"):
        SessionLoader(FakeOne({("alf", "trials"): trials()}), "eid").load_trials("alf/task_07")


def test_datasets_are_listed_once() -> None:
    one = FakeOne({("alf", "trials"): trials()})
    loader = SessionLoader(one, "eid")
    loader.load_trials()
    loader.load_trials()
    assert one.listed == 1


def test_the_wheel_is_a_table_in_64_bits() -> None:
    wheel = {"timestamps": np.arange(0, 2, 0.01) + 20_000, "position": np.arange(0, 2, 0.01) * 3}
    table = SessionLoader(FakeOne({("alf", "wheel"): wheel}), "eid").load_wheel()
    assert table.columns.tolist() == ["times", "position", "velocity", "acceleration"]
    assert (table.dtypes == np.float64).all()
    assert table["velocity"].to_numpy() == pytest.approx(3.0, abs=1e-4)


@pytest.mark.parametrize("wheel", [{"position": np.zeros(3)}, {"position": np.zeros(3), "timestamps": np.zeros(2)}])
def test_a_wheel_that_does_not_fit_together_is_refused(wheel: dict[str, np.ndarray]) -> None:
    with pytest.raises(InconsistentData, match="timestamps and position of one length"):
        SessionLoader(FakeOne({("alf", "wheel"): wheel}), "eid").load_wheel()


def test_a_sorting_unpacks_into_spikes_clusters_and_channels() -> None:
    one = FakeOne(
        {
            ("alf/probe00", "spikes"): sorting(),
            ("alf/probe00", "clusters"): {"channels": np.array([7])},
            ("alf/probe00", "channels"): {"localCoordinates": np.zeros((384, 2))},
        }
    )
    loaded = SpikeSortingLoader(one, "pid").load_spike_sorting()
    spikes, clusters, channels = loaded
    assert spikes["times"].size == 4
    assert clusters["channels"].tolist() == [7]
    assert channels["localCoordinates"].shape == (384, 2)
    assert loaded.is_complete
    assert loaded.collection == "alf/probe00"


def test_missing_parts_are_empty_and_named() -> None:
    loaded = SpikeSortingLoader(FakeOne({("alf/probe00", "spikes"): sorting()}), "pid").load_spike_sorting()
    assert loaded.missing == ("clusters", "channels")
    assert not loaded.is_complete
    assert loaded.channels["localCoordinates"].shape == (0, 2)


def test_a_probe_without_a_sorting_is_all_missing() -> None:
    loaded = SpikeSortingLoader(FakeOne({}), eid="eid", probe="probe01").load_spike_sorting()
    assert loaded.missing == ("spikes", "clusters", "channels")
    assert loaded.spikes["times"].size == 0
    assert loaded.spikes["clusters"].dtype == np.int64


def test_another_probe_with_a_longer_name_is_not_taken() -> None:
    one = FakeOne({("alf/probe001", "spikes"): sorting()})
    assert "spikes" in SpikeSortingLoader(one, "pid").load_spike_sorting().missing


def test_a_misspelt_probe_is_an_error_that_names_the_probes_there_are() -> None:
    one = FakeOne({("alf/probe00", "spikes"): sorting(), ("alf/probe01/pykilosort", "spikes"): sorting()})
    with pytest.raises(DataMissing, match=r"no file of prob00 of session eid; the session has probe00, probe01$"):
        SpikeSortingLoader(one, eid="eid", probe="prob00").load_spike_sorting()


def test_the_newest_sorter_comes_first_and_any_can_be_named() -> None:
    one = FakeOne(
        {
            ("alf/probe00", "spikes"): sorting(1),
            ("alf/probe00", "channels"): {"localCoordinates": np.zeros((4, 2))},
            ("alf/probe00/pykilosort", "spikes"): sorting(2),
            ("alf/probe00/iblsorter", "spikes"): sorting(3),
        }
    )
    loader = SpikeSortingLoader(one, "pid")
    assert loader.load_spike_sorting().spikes["times"].size == 3
    named = loader.load_spike_sorting("pykilosort")
    assert named.spikes["times"].size == 2
    assert named.channels["localCoordinates"].shape == (4, 2)
    assert named.missing == ("clusters",)


def test_an_unknown_sorter_is_an_error_that_names_those_there_are() -> None:
    loader = SpikeSortingLoader(FakeOne({("alf/probe00/pykilosort", "spikes"): sorting()}), "pid")
    with pytest.raises(DataMissing, match="its sortings: alf/probe00/pykilosort"):
        loader.load_spike_sorting("kilosort9")


def test_several_unknown_sorters_must_be_chosen_from() -> None:
    one = FakeOne({("alf/probe00/ks4", "spikes"): sorting(), ("alf/probe00/mountain", "spikes"): sorting()})
    with pytest.raises(AmbiguousCollection, match="ks4, mountain; name one as sorter="):
        SpikeSortingLoader(one, "pid").load_spike_sorting()


def test_an_insertion_must_be_named() -> None:
    with pytest.raises(DataMissing, match="pid, or both"):
        SpikeSortingLoader(FakeOne({}), eid="eid")


EID = "00000000-0000-4000-8000-000000000001"
PID = "00000000-0000-4000-8000-000000000002"
SESSION = "lab/Subjects/mouse/2020-01-06/001"


@pytest.fixture
def offline_one(tmp_path: Path) -> Any:
    """Return a ONE of files on this machine: one session with trials and a sorting."""
    import pandas as pd

    from bregma.alf import write_object, write_table
    from bregma.one import ONE, write_tables
    from bregma.store import hash_file

    folder = tmp_path / SESSION
    table = pd.DataFrame({"choice": [1, -1], "contrastLeft": [1.0, np.nan], "contrastRight": [np.nan, 0.5]})
    files = [write_table(folder / "alf", "trials", table, namespace="ibl")]
    files += write_object(folder / "alf", "trials", {"stimOn_times": np.array([1.0, 2.0])}, namespace="ibl")
    files += write_object(folder / "alf" / "probe00", "spikes", sorting())
    datasets = pd.DataFrame(
        {
            "eid": EID,
            "id": [f"00000000-0000-4000-8000-{i:012d}" for i in range(100, 100 + len(files))],
            "rel_path": [str(file.relative_to(folder)) for file in files],
            "file_size": [file.stat().st_size for file in files],
            "hash": [hash_file(file) for file in files],
        }
    )
    session = {"id": EID, "lab": "lab", "subject": "mouse", "date": "2020-01-06", "number": 1}
    sessions = pd.DataFrame([session | {"task_protocol": "biased", "projects": "demo"}])
    insertions = pd.DataFrame([{"eid": EID, "id": PID, "name": "probe00", "model": "3B2", "serial": "1"}])
    write_tables(tmp_path, sessions, datasets, insertions, origin="tests")
    return ONE(cache_dir=tmp_path, mode="local")


def test_trials_load_through_the_real_one(offline_one: Any) -> None:
    table = SessionLoader(offline_one, EID).load_trials()
    assert table["choice"].tolist() == [1, -1]
    assert table["stimOn_times"].tolist() == [1.0, 2.0]


def test_spikes_load_through_the_real_one(offline_one: Any) -> None:
    loaded = SpikeSortingLoader(offline_one, PID).load_spike_sorting()
    assert loaded.spikes["times"].tolist() == [0.0, 0.1, 0.2, 0.3]
    assert loaded.missing == ("clusters", "channels")
