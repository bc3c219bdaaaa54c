"""Random tables of sessions, files and insertions, and random queries about them; all follow from a seed."""

import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd

from bregma.one import write_tables

LABS = ["cortexlab", "Mainenlab", "wittenlab", "mrsicflogellab"]
SUBJECTS = ["KS014", "KS015", "ks014", "NYU-40", "fip_9", "a.b", "ZFM-01936", "CSHL_0014"]
TASKS = ["_iblrig_tasks_trainingChoiceWorld6.4.2", "_iblrig_tasks_ephysChoiceWorld6.4.2", "Passive", "", "x+y (test)"]
PROJECTS = ["", "ibl_a", "ibl_a,ibl_b", "Churchland_les", "ibl_neuropixel_brainwide_01"]
FILES = [
    "_ibl_trials.table.pqt", "_ibl_trials.goCue_times.npy", "spikes.times.npy", "spikes.clusters.npy", "notes.txt",
    "clusters.metrics.pqt", "_ibl_wheel.position.npy", "_iblrig_taskData.raw.jsonable", "licks.times.npy", "a-b.c.npy",
    "_spikeglx_ephysData_g0_t0.imec0.ap.cbin", "_ibl_leftCamera.times.npy", "camera.dlc.pqt", "video.mp4",
]  # fmt: skip
FOLDERS = ["alf", "alf/probe00", "alf/probe01", "raw_behavior_data", "alf/probe00/pykilosort", ""]
TERMS = ["subject", "lab", "task", "projects", "date", "number", "datasets", "dataset_qc_lte"]
QCS = ["NOT_SET", "PASS", "WARNING", "FAIL", "CRITICAL"]
NUMBERS = {"NOT_SET": 0, "PASS": 10, "WARNING": 30, "FAIL": 40, "CRITICAL": 50}
SEARCHES = ["search"] * 5 + ["search_insertions"] * 2
LISTS = ["list_datasets", "list_datasets", "list_collections", "list_revisions"]

Query = dict[str, Any]


def make_tables(folder: Path, seed: int) -> Path:
    """Write tables of some 120 sessions with files of all folders, revisions and qualities."""
    chance = random.Random(seed)
    sessions, datasets, insertions = [], [], []
    for day, number in sorted({(chance.randrange(40), chance.randrange(1, 6)) for _ in range(200)}):
        eid = _id(chance)
        named = {"lab": chance.choice(LABS), "subject": chance.choice(SUBJECTS), "number": number}
        told = {"task_protocol": chance.choice(TASKS), "projects": chance.choice(PROJECTS)}
        sessions.append({"id": eid, "date": date(2020, 1, 1) + timedelta(day), **named, **told})
        for name in chance.sample(FILES, chance.randrange(len(FILES))):
            datasets += _revisions(chance, eid, chance.choice(FOLDERS), name)
        for i in range(chance.randrange(3)):
            probe = {"name": f"probe0{i}", "model": chance.choice(["3B2", "NP2.1"]), "serial": str(chance.random())}
            insertions.append({"eid": eid, "id": _id(chance), **probe})
    write_tables(folder, *map(pd.DataFrame, (sessions, datasets, insertions)), origin="test")
    return folder


def _revisions(chance: random.Random, eid: str, place: str, name: str) -> list[dict[str, Any]]:
    revisions = chance.choice([[""], ["#2024-01-01#"], ["", "#2024-01-01#"], ["#2023-05-06#", "#2024-01-01#"]])
    paths = ["/".join(part for part in (place, revision, name) if part) for revision in revisions]
    return [
        {
            "eid": eid, "id": _id(chance), "rel_path": path, "file_size": 10, "hash": "a",
            "exists": chance.random() < 0.9, "qc": chance.choice(QCS), "default_revision": path == paths[-1],
        }
        for path in paths
    ]  # fmt: skip


def real_tables(folder: Path, shared: Path) -> Path:
    """Put together the tables of a real cache: 8,161 sessions, and 2,253 datasets of 73 of them."""
    datasets = pd.read_parquet(shared / "datasets_subset.pqt")
    paths = datasets["collection"].fillna("") + "/"
    paths += datasets["revision"].fillna("").map(lambda name: f"#{name}#/" if name else "") + datasets["name"]
    datasets = datasets.assign(rel_path=paths.str.lstrip("/"), default_revision=datasets["default_dataset"])
    kept = ["eid", "id", "rel_path", "file_size", "hash", "qc", "default_revision"]
    sessions = pd.read_parquet(shared / "sessions.pqt")
    write_tables(folder, sessions, datasets[datasets["eid"].notna()][kept], origin="test")
    return folder


def read_rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read a table as plain rows, ids as texts and qualities as numbers."""
    path = folder / f"{name}.pqt"
    rows: list[dict[str, Any]] = pd.read_parquet(path).reset_index().to_dict("records") if path.exists() else []
    for row in rows:
        row |= {key: str(row[key]) for key in ("id", "eid") if key in row}
        row |= {"qc": NUMBERS[row["qc"]]} if "rel_path" in row else {}
    return rows


class Asker:
    """Makes queries about what tables hold, and some about what they do not."""

    def __init__(self, folder: Path, seed: int, methods: list[str], *, wildcards: bool = True) -> None:
        self.chance, self.methods, self.wildcards = random.Random(seed), methods, wildcards
        self.sessions, self.insertions = read_rows(folder, "sessions"), read_rows(folder, "insertions")
        datasets = read_rows(folder, "datasets")
        self.eids, self.paths = ([*sorted({row[key] for row in datasets})] for key in ("eid", "rel_path"))

    def queries(self, n: int) -> list[Query]:
        return [self.query() for _ in range(n)]

    def query(self) -> Query:
        """Make a query at random."""
        method = self.chance.choice(self.methods)
        if method.startswith("list"):
            return {"method": method, "arguments": self.of_list(method)}
        terms = self.chance.sample(TERMS, self.chance.choice([1, 1, 2, 2, 3]))
        arguments = {term: getattr(self, term)() for term in terms}
        if method == "search_insertions" and self.chance.random() < 0.6:
            term = self.chance.choice(["name", "model", "serial"])
            arguments[term] = self.text(self.insertions, term)
        return {"method": method, "arguments": arguments}

    def of_list(self, method: str) -> dict[str, Any]:
        """Choose a session, or none, and files of it."""
        found = {"eid": self.chance.choice([*self.chance.sample(self.eids, 4), None]), **self.files()}
        if method != "list_datasets":
            return found
        more = {"qc": self.chance.choice([*QCS, 30]), "ignore_qc_not_set": True, "default_revisions_only": True}
        return found | {name: value for name, value in more.items() if self.chance.random() < 0.3}

    def text(self, rows: list[dict[str, Any]], column: str) -> Any:
        """Name a value of a column, wholly, in part, in another case, as a pattern, or several."""
        value = str(self.chance.choice(rows)[column])
        whole = value.replace("+", ".").replace("(", ".").replace(")", ".")
        start = self.chance.randrange(len(value) + 1)
        part = whole[start : start + 4]
        forms = [whole, part, part.swapcase(), f"^{part}", f"{part}$", f"{part}|nothing", f"{part}.*[0-9]"]
        forms += [f"[{part[:1] or 'x'}k]", "", "nothing at all"]
        several = [self.chance.choice(forms) for _ in range(self.chance.randrange(1, 4))]
        return self.chance.choice([*forms, several])

    def subject(self) -> Any:
        return self.text(self.sessions, "subject")

    def lab(self) -> Any:
        return self.text(self.sessions, "lab")

    def task(self) -> Any:
        return self.text(self.sessions, "task_protocol")

    def projects(self) -> Any:
        return self.text(self.sessions, "projects")

    def number(self) -> Any:
        return self.chance.choice([1, "2", [1, 3], ["1", 2], 99, []])

    def date(self) -> Any:
        first, last = (str(self.chance.choice(self.sessions)["date"])[:10] for _ in range(2))
        moment = {"moment": f"{first}T{self.chance.choice(['00:00:00', '12:00:00'])}"}
        return self.chance.choice([first, [first, last], [first, None], [None, last], [first], moment])

    def dataset_qc_lte(self) -> Any:
        return self.chance.choice([*QCS, 10, 30])

    def datasets(self) -> Any:
        name = self.chance.choice(self.paths).rpartition("/")[2]
        stem = name.partition(".")[0]
        forms = [name, f"{stem}.*", f".*{stem}.*", stem, name.upper(), f"({name}|licks.times.npy)", ".*npy"]
        several = [self.chance.choice(forms) for _ in range(self.chance.randrange(3))]
        return self.chance.choice([*forms, several])

    def files(self) -> dict[str, Any]:
        """Name files by some of the arguments of lists."""
        folder, _, name = self.chance.choice(self.paths).rpartition("/")
        stem, _, rest = name.partition(".")
        names = [name, f"{stem}.*", f"*{stem}*", f"{stem}.{rest[:3]}*", [name], [name, "spikes*"], "nothing*", "*.npy"]
        parts = [{"object": stem.rpartition("_")[2]}, {"extension": "npy"}, {"namespace": "ibl"}, {"attribute": "t*"}]
        collections = [folder.partition("#")[0].rstrip("/"), "alf*", "alf", "*probe0?", "", ["alf", "raw*"]]
        found = {
            "filename": self.chance.choice([*names, *parts]),
            "collection": self.chance.choice(collections),
            "revision": self.chance.choice(["2024-01-01", "2024*", "", "2020-01-01"]),
        }
        return {name: self.written(value) for name, value in found.items() if self.chance.random() < 0.5}

    def written(self, value: Any) -> Any:
        """Write patterns of a shell as regular expressions, where these are wanted."""
        if self.wildcards or value == "":
            return value
        if isinstance(value, str):
            return re.sub(r"\*", ".*", re.sub(r"\?", ".", value))
        return (
            [*map(self.written, value)] if isinstance(value, list) else {key: self.written(value[key]) for key in value}
        )


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))
