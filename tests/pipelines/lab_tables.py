"""What the triggers need of Alyx, made-up recordings, and a worker on both (run this file for one)."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

ALYX_SQL = """
create table actions_session (id uuid primary key, subject_id uuid not null, start_time timestamptz, number int,
    task_protocol varchar(1023));
create table experiments_probeinsertion (id uuid primary key, session_id uuid not null
    references actions_session deferrable initially deferred, name varchar(255));
create table data_dataset (id uuid primary key, session_id uuid references actions_session deferrable initially
    deferred, name varchar(255), collection varchar(255), hash varchar(64));
create table data_filerecord (id uuid primary key, dataset_id uuid not null references data_dataset deferrable
    initially deferred, "exists" boolean);
"""
SPIKE_FILES = ("spikes.times.npy", "spikes.clusters.npy", "spikes.amps.npy", "spikes.depths.npy")


class Lab:
    """Writes rows as Alyx does: what belongs together in one transaction."""

    def __init__(self, database: Any) -> None:
        self.database = database

    def clear(self) -> None:
        """Empty the tables as Django's test runner does."""
        self.database.execute("truncate actions_session, experiments_probeinsertion, data_dataset, data_filerecord")

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self.database.execute(query, values).fetchall())

    def add_session(self, subject: str, day: int = 1, *, protocol: str = "_iblrig_tasks_trainingChoiceWorld") -> str:
        eid = str(uuid4())
        self.database.execute(
            "insert into actions_session values (%s, %s, %s, 1, %s)",
            (eid, subject, datetime(2020, 1, day, 10, tzinfo=UTC), protocol),
        )
        return eid

    def add_trials(self, subject: str, day: int = 1, **options: Any) -> str:
        """Add a session with its trials in the store."""
        eid = self.add_session(subject, day, **options)
        self.add_file(eid, "_ibl_trials.table.pqt", "alf")
        return eid

    def add_insertion(self, eid: str, name: str = "probe00", *, files: tuple[str, ...] = SPIKE_FILES) -> str:
        """Add an insertion with its spikes in the store."""
        pid = str(uuid4())
        self.database.execute("insert into experiments_probeinsertion values (%s, %s, %s)", (pid, eid, name))
        for file in files:
            self.add_file(eid, file, f"alf/{name}")
        return pid

    def add_file(self, eid: str, name: str, collection: str, *, arrived: bool = True) -> str:
        dataset = str(uuid4())
        with self.database.transaction():
            self.database.execute(
                "insert into data_dataset values (%s, %s, %s, %s, %s)", (dataset, eid, name, collection, uuid4().hex)
            )
            self.database.execute("insert into data_filerecord values (%s, %s, %s)", (str(uuid4()), dataset, arrived))
        return dataset

    def change_file(self, eid: str, name: str) -> None:
        """Give a dataset a new hash, as a new version of the file does."""
        self.database.execute(
            "update data_dataset set hash = %s where session_id = %s and name = %s", (uuid4().hex, eid, name)
        )

    def delete_session(self, eid: str) -> None:
        """Delete a session with what belongs to it, in Django's order."""
        with self.database.transaction():
            self.database.execute(
                "delete from data_filerecord r using data_dataset d where d.id = r.dataset_id and d.session_id = %s",
                (eid,),
            )
            for table, column in (
                ("data_dataset", "session_id"),
                ("experiments_probeinsertion", "session_id"),
                ("actions_session", "id"),
            ):
                self.database.execute(f"delete from {table} where {column} = %s", (eid,))


class MadeUp:
    """Recordings made up from the id, some without depths; `before` is called first, to wait or to fail."""

    def __init__(self, before: Callable[[str], None] = lambda _: None) -> None:
        self.before = before
        self.without_depths: set[str] = set()

    def load_trials(self, eid: str) -> dict[str, Any]:
        self.before(eid)
        return make_trials(int(eid[:8], 16))

    def load_spikes(self, pid: str) -> Any:
        from bregma.pipelines.sources import Spikes

        self.before(pid)
        random = np.random.default_rng(int(pid[:8], 16))
        n_spikes = 4000
        return Spikes(
            times=np.sort(random.uniform(0, 200, n_spikes)),
            clusters=random.integers(0, 5, n_spikes),
            amps=random.uniform(5e-5, 2e-4, n_spikes),
            depths=None if pid in self.without_depths else random.uniform(0, 400, n_spikes),
        )


def make_trials(seed: int, n_trials: int = 400) -> dict[str, Any]:
    """Make trials of a mouse that does well, in blocks."""
    random = np.random.default_rng(seed)
    left = np.repeat([0.5, 0.2, 0.8], [100, 150, n_trials - 250])
    signed = random.choice([0.0, 0.0625, 0.125, 0.25, 1.0], n_trials) * np.where(random.random(n_trials) < left, -1, 1)
    on_left = random.random(n_trials) < left
    signed = np.abs(signed) * np.where(on_left, -1, 1)
    right = random.random(n_trials) < 0.02 + 0.96 / (1 + np.exp(-signed * 20))
    onset = np.arange(n_trials) * 0.5
    return {
        "choice": np.where(right, -1, 1),
        "feedbackType": np.where(right == ~on_left, 1, -1),
        "contrastLeft": np.where(on_left, np.abs(signed), np.nan),
        "contrastRight": np.where(on_left, np.nan, np.abs(signed)),
        "probabilityLeft": left,
        "stimOn_times": onset,
        "response_times": onset + random.uniform(0.2, 0.4, n_trials),
    }


def work(parameters: dict[str, Any], gate: Path | None) -> None:
    """Run a worker; with a gate it says in a file beside it which key it is at, and waits until the gate is there."""
    from bregma.pipelines import run_worker

    def wait(key: str) -> None:
        if gate:
            gate.with_suffix(".at").write_text(key)
            while not gate.exists():
                time.sleep(0.02)

    run_worker(poll_seconds=1.0, source=MadeUp(wait), parameters=parameters)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    work(json.loads(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None)
