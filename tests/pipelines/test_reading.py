"""Connections, the read side before there is anything to read, and what crosses between the two."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
import pytest

from bregma.pipelines import connect, declare, results
from bregma.pipelines.arrays import from_bytes, to_bytes
from bregma.pipelines.connection import ConnectionRefused
from bregma.pipelines.errors import PipelineError
from bregma.pipelines.progress import read_text_blob
from bregma.pipelines.tables import NotInstalled


def test_importing_the_read_side_loads_no_datajoint_and_importing_datajoint_says_nothing() -> None:
    code = (
        "import sys, bregma.pipelines.results, bregma.pipelines.keys, bregma.pipelines.extraction.wheel;"
        "assert 'datajoint' not in sys.modules;"
        "from bregma.pipelines.engine import dj"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, cwd="/"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_database_without_keys_is_refused_with_the_next_step(bare: dict[str, Any]) -> None:
    instance = connect(bare)
    with instance.connection, pytest.raises(NotInstalled, match="run Alyx's migrations first"):
        declare(instance)


def test_an_unreachable_server_is_named(parameters: dict[str, Any]) -> None:
    with pytest.raises(ConnectionRefused, match="no connection to PostgreSQL at /nowhere"):
        connect({**parameters, "host": "/nowhere"})
    with pytest.raises(PipelineError, match="holds a colon"):
        connect({**parameters, "host": "/data/lab:1"})


def test_everything_is_pending_before_the_first_worker(bare: dict[str, Any]) -> None:
    from lab_tables import ALYX_SQL, Lab

    from bregma.pipelines.keys import INSTALL_SQL

    with psycopg.connect(**bare, autocommit=True) as database:
        database.execute(ALYX_SQL)
        database.execute(INSTALL_SQL)
        subject = str(uuid4())
        eid = Lab(database).add_trials(subject)
        pid = Lab(database).add_insertion(eid)
        pending = {state.table: state.n for state in results.load_job_states(database) if state.status == "pending"}
        assert pending == {"TrialSet": 1, "UnitMetrics": 1, "DriftMap": 1, "Autocorrelogram": 1, "Psth": 1}
        assert results.load_errors(database) == []
        assert results.load_psychometrics(database, eid) == []
        assert results.load_reaction_times(database, eid) is None
        assert results.load_training(database, subject) == []
        assert results.load_unit_metrics(database, pid) == []
        assert results.load_drift_map(database, pid) is None
        assert results.load_autocorrelograms(database, pid) is None
        assert results.load_psths(database, pid) is None


def test_arrays_survive_as_bytes() -> None:
    records = np.array([(1, 2.5), (3, 4.5)], dtype=[("unit", np.int64), ("rate", np.float64)])
    for array in (np.arange(6).reshape(2, 3), records, np.zeros((0, 4), dtype=np.float32)):
        back = from_bytes(memoryview(to_bytes(array)))
        np.testing.assert_array_equal(back, array)
        assert back.dtype == array.dtype
    with pytest.raises(ValueError, match="allow_pickle"):
        to_bytes(np.array([object()]))


@pytest.mark.parametrize("text", ["", "Traceback: é", "long " * 2000])
def test_text_that_datajoint_packed_is_read_without_it(text: str) -> None:
    from datajoint.blob import pack

    import bregma.pipelines.engine  # noqa: F401 - DataJoint warns when it is imported first by itself

    packed = pack(text, compress=True)
    assert read_text_blob(packed) == text
    assert read_text_blob(None) == ""
