"""A random small lab on disk, with its tables, and random questions about it; all follow from a seed."""

import random
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from bregma.alf import QC
from bregma.one import write_tables

NAMES = ("spikes.times.npy", "spikes.clusters.npy", "clusters.depths.npy", "_ibl_trials.intervals.npy",
         "_ibl_trials.intervals_bpod.npy", "_ibl_trials.goCue_times.npy", "_ibl_wheel.position.npy",
         "_ibl_leftCamera.times.npy", "licks.times.npy", "_iblrig_taskData.raw.npy",
         "channels.rawInd.lf.npy")  # fmt: skip
COLLECTIONS = ("", "alf", "alf/probe00", "alf/probe01", "raw_behavior_data", "alf/probe00/pykilosort")
REVISIONS = ("2022-01-01", "2023-05-06", "2024-10-01a")
COLLECTION_PATTERNS = (None, None, None, "", "alf", "alf/probe0?", "*probe01", "alf*", ["alf", "raw_behavior_data"])
FILENAMES = (None, "*spikes*", "spikes.*", "*.times.*", "_ibl_*", "*wheel*", "nothing*", "spikes.times.npy",
             {"object": "spikes"}, {"object": ["wheel", "trial?"]}, {"attribute": "times"}, {"extension": "npy"},
             {"object": "spikes", "attribute": "time*"}, {"namespace": "ibl"}, {"extra": "lf"})  # fmt: skip
REVISION_PATTERNS = (None, None, None, "", "2023-05-06", "202[23]*", "2021-01-01")
MOMENTS = (None, None, None, "2022-01-01", "2023-12-31", "2020-01-01", "2099", "2024-10-01")


def make_lab(folder: Path, seed: int) -> list[str]:
    """Write files and tables of some sessions; return their ids."""
    dice = random.Random(seed)
    sessions, datasets = [], []
    for i in range(6):
        subject, day, eid = f"KS0{i // 2}", date(2023, 3, 1 + i), str(UUID(int=dice.getrandbits(128), version=4))
        sessions.append({"id": eid, "lab": "mylab", "subject": subject, "date": day, "number": 1 + i % 2})
        place = folder / f"mylab/Subjects/{subject}/{day}/{1 + i % 2:03d}"
        datasets += [row for row in _datasets(place, dice) for row in [{"eid": eid, **row}]]
    frame = pd.DataFrame(sessions).assign(task_protocol="", projects="")
    write_tables(folder, frame, pd.DataFrame(datasets), origin="lab")
    return [row["id"] for row in sessions]


def _datasets(place: Path, dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for collection in dice.sample(COLLECTIONS, 4):
        for name in dice.sample(NAMES, 5):
            revisions = ["", *dice.sample(REVISIONS, dice.choice([0, 0, 0, 1, 2]))]
            revisions = revisions[1:] if len(revisions) > 1 and dice.random() < 0.2 else revisions
            default = dice.choice(revisions) if dice.random() < 0.9 else None
            both = dice.random() < 0.05
            for revision in revisions:
                path = "/".join(part for part in (collection, f"#{revision}#" if revision else "", name) if part)
                size = _write(place / path, len(rows), there=dice.random() < 0.95)
                qc = dice.choice([QC.NOT_SET, QC.NOT_SET, QC.PASS, QC.WARNING, QC.FAIL, QC.CRITICAL])
                marked = both or revision == default
                key = str(UUID(int=dice.getrandbits(128), version=4))
                rows.append({"id": key, "rel_path": path, "file_size": size, "qc": qc.name, "default_revision": marked})
    return rows


def _write(path: Path, value: int, *, there: bool) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.arange(4) + value)
    size = path.stat().st_size
    if not there:
        path.unlink()
    return size


def make_calls(eids: list[str], seed: int, n: int) -> list[list[Any]]:
    """Choose methods and arguments."""
    dice = random.Random(seed)
    makers = (_list_datasets, _list_places, _load_dataset, _load_object, _load_collection, _load_datasets)
    return [dice.choice(makers)(dice.choice(eids), dice) for _ in range(n)]


def _list_datasets(eid: str, dice: random.Random) -> list[Any]:
    qc = dice.choice(["FAIL", "FAIL", "CRITICAL", "PASS", 30])
    patterns = [dice.choice(FILENAMES), dice.choice(COLLECTION_PATTERNS), dice.choice(REVISION_PATTERNS)]
    options = [dice.random() < 0.3, dice.random() < 0.3, None, dice.random() < 0.3, dice.random() < 0.3]
    return ["list_datasets", [dice.choice([eid, eid, eid, None]), *patterns, qc, *options], {}]


def _list_places(eid: str, dice: random.Random) -> list[Any]:
    patterns = [dice.choice(FILENAMES), dice.choice(COLLECTION_PATTERNS), dice.choice(REVISION_PATTERNS)]
    return [dice.choice(["list_collections", "list_revisions"]), [eid, *patterns, dice.random() < 0.3], {}]


def _load_dataset(eid: str, dice: random.Random) -> list[Any]:
    name = dice.choice(NAMES)
    stem = name.rpartition(".")[0]
    asked = dice.choice([name, name, name, stem, f"*{stem[1:]}*", f"{dice.choice(COLLECTIONS[1:])}/{name}"])
    place = [None, None] if "/" in asked and dice.random() < 0.8 else _place(dice)
    return ["load_dataset", [eid, asked, *place], {"download_only": dice.random() < 0.5}]


def _load_object(eid: str, dice: random.Random) -> list[Any]:
    kind = dice.choice(["spikes", "trials", "wheel", "licks", "clusters", "spike*", "nothing"])
    parts = dice.choice([{}, {}, {"attribute": "times"}, {"attribute": ["time*", "clusters"]}, {"namespace": "ibl"}])
    return ["load_object", [eid, kind, *_place(dice)], {"download_only": dice.random() < 0.5, **parts}]


def _load_collection(eid: str, dice: random.Random) -> list[Any]:
    collection = dice.choice([*COLLECTIONS, "*probe01", "alf/probe07"])
    return ["load_collection", [eid, collection, dice.choice([None, None, "spikes", ["spikes", "clusters"]])], {}]


def _load_datasets(eid: str, dice: random.Random) -> list[Any]:
    names: list[Any] = dice.sample(NAMES, 2)
    if dice.random() < 0.3:
        names = [{"object": "spikes", "attribute": "times"}, {"object": "licks", "attribute": "times"}]
    elif dice.random() < 0.3:
        names = [f"alf/{name}" for name in names]
    return [
        "load_datasets",
        [eid, names, *_place(dice)],
        {"assert_present": dice.random() < 0.4, "download_only": True},
    ]


def _place(dice: random.Random) -> list[Any]:
    return [dice.choice([None, *COLLECTIONS, "alf/probe0?"]), dice.choice(MOMENTS)]
