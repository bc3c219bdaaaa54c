"""The read side: what the analyses found, for pages and scripts. Plain SQL on any DB-API connection, no DataJoint.

Every function takes Django's connection or one of psycopg, and a session's or insertion's or subject's id. There is
nothing to load (an empty list, or None) as long as the analysis is not done: see `load_job_states`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bregma.pipelines.arrays import from_bytes
from bregma.pipelines.progress import JobError, JobState, load_errors, load_job_states, retry_errors, wait_until_idle
from bregma.pipelines.rows import RowKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

__all__ = [
    "Autocorrelograms",
    "DriftMap",
    "JobError",
    "JobState",
    "PSTHs",
    "Psychometric",
    "ReactionTimes",
    "RowKind",
    "TrainingDay",
    "load_autocorrelograms",
    "load_drift_map",
    "load_errors",
    "load_job_states",
    "load_psths",
    "load_psychometrics",
    "load_reaction_times",
    "load_training",
    "load_trainings",
    "load_unit_metrics",
    "load_units_of_many",
    "retry_errors",
    "wait_until_idle",
]

DEFAULT = "default"
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Psychometric:
    """Choices per signed contrast, and the curve fitted to them, of all trials or of one block.

    ``block`` is ``all`` or the probability of a stimulus on the left; contrasts, bias and threshold are in percent.
    ``reliable`` says whether the parameters describe the behaviour, ``problems`` why not.
    """

    block: str
    contrasts: Floats
    n_trials: Ints
    p_right: Floats
    bias: float
    threshold: float
    lapse_low: float
    lapse_high: float
    reliable: bool
    problems: str


@dataclass(frozen=True)
class ReactionTimes:
    """Median reaction time (s) per signed contrast (percent), with the bounds of its confidence interval."""

    contrasts: Floats
    median: Floats
    low: Floats
    high: Floats
    n_trials: Ints


@dataclass(frozen=True)
class TrainingDay:
    """One session in a subject's training.

    Performances are fractions, threshold and bias percent contrast, the reaction time seconds; NaN where unknown.
    ``status`` is empty where the session has none, or its subject's has not been computed yet.
    """

    eid: str
    date: date
    status: str
    performance: float
    performance_easy: float
    n_trials: int
    threshold: float
    bias: float
    median_reaction_time: float
    lapse_low: float
    lapse_high: float


@dataclass(frozen=True)
class DriftMap:
    """Spikes over time (s) and depth (µm), or over time and unit where the recording gives no depths.

    ``counts`` (n_rows, n_times); ``times`` and ``depths_um`` are the centres of bins. Row i is depth ``depths_um[i]``
    or unit ``cluster_ids[i]``, as ``row_kind`` says; the other of the two is empty. All are empty without spikes.
    """

    times: Floats
    depths_um: Floats
    counts: Ints
    row_kind: RowKind = RowKind.DEPTH
    cluster_ids: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Autocorrelograms:
    """Pairs of spikes per lag (s): ``counts`` (n_units, n_lags); row i is unit ``cluster_ids[i]``."""

    lags: Floats
    cluster_ids: Ints
    counts: Ints


@dataclass(frozen=True)
class PSTHs:
    """Mean rate (Hz) around an event: ``rate`` and its standard error ``sem`` (n_units, n_bins); times in s."""

    event: str
    n_events: int
    times: Floats
    cluster_ids: Ints
    rate: Floats
    sem: Floats


def load_psychometrics(connection: Any, eid: UUID | str) -> list[Psychometric]:
    """Return the psychometric curves of a session: of all trials first, then of its blocks."""
    rows = _read(
        connection,
        "bregma_behavior.__psychometric_fit__block",
        "select block, contrasts, n_trials, p_right, bias, threshold, lapse_low, lapse_high, reliable, problems "
        "from bregma_behavior.__psychometric_fit__block where session_uuid = %s and behavior_parameters = %s "
        "order by block <> 'all', block",
        (str(eid), DEFAULT),
    )
    return [_psychometric(*row) for row in rows]


def _psychometric(block: str, contrasts: bytes, n_trials: bytes, p_right: bytes, *fit: Any) -> Psychometric:
    return Psychometric(block, from_bytes(contrasts), from_bytes(n_trials), from_bytes(p_right), *fit)


def load_reaction_times(connection: Any, eid: UUID | str) -> ReactionTimes | None:
    """Return the reaction times of a session, None when they are not computed or no response has a time."""
    rows = _read(
        connection,
        "bregma_behavior.__reaction_time",
        "select contrasts, median, low, high, n_trials from bregma_behavior.__reaction_time "
        "where session_uuid = %s and behavior_parameters = %s",
        (str(eid), DEFAULT),
    )
    found = [ReactionTimes(*map(from_bytes, row)) for row in rows]
    return found[0] if found and found[0].contrasts.size else None


def load_training(connection: Any, subject: UUID | str) -> list[TrainingDay]:
    """Return a subject's analysed sessions in order of time, with the training status after each."""
    return load_trainings(connection, [subject]).get(str(subject), [])


def load_trainings(connection: Any, subjects: Iterable[UUID | str]) -> dict[str, list[TrainingDay]]:
    """Return what `load_training` returns for each of many subjects, in one query; those without any are left out."""
    rows = _read(
        connection,
        "bregma_behavior.__training_status__day",
        "select s.subject_uuid, s.session_uuid, s.start_time::date, coalesce(d.status, ''), t.performance, "
        "t.performance_easy, t.n_trials, b.threshold, b.bias, t.median_reaction_time, b.lapse_low, b.lapse_high "
        "from bregma_keys.session s join bregma_behavior._trial_set t using (session_uuid) "
        "left join bregma_behavior.__training_status__day d using (session_uuid, subject_uuid) "
        "left join bregma_behavior.__psychometric_fit__block b "
        "on b.session_uuid = s.session_uuid and b.block = 'all' and b.behavior_parameters = %s "
        "where s.subject_uuid = any(%s::char(36)[]) order by s.start_time, s.number",
        (DEFAULT, [str(subject) for subject in subjects]),
    )
    trainings: dict[str, list[TrainingDay]] = {}
    for subject, *row in rows:
        day = TrainingDay(*row[:6], *(_number(value) for value in row[6:]))
        trainings.setdefault(subject, []).append(day)
    return trainings


def load_drift_map(connection: Any, pid: UUID | str) -> DriftMap | None:
    """Return the drift map of an insertion, None when it is not computed; its rows are depths or units."""
    rows = _read_insertion(connection, "__drift_map", "row_kind, times, depths_um, counts, cluster_ids", pid)
    return _drift_map(*rows[0]) if rows else None


def _drift_map(kind: str, times: bytes, depths_um: bytes, counts: bytes, cluster_ids: bytes) -> DriftMap:
    return DriftMap(
        from_bytes(times), from_bytes(depths_um), from_bytes(counts), RowKind(kind), from_bytes(cluster_ids)
    )


def load_unit_metrics(connection: Any, pid: UUID | str) -> list[dict[str, Any]]:
    """Return the metrics of each unit of an insertion; a metric that could not be computed is None."""
    rows = _read(
        connection,
        "bregma_ephys.__unit_metrics",
        "select metrics from bregma_ephys.__unit_metrics where insertion_uuid = %s",
        (str(pid),),
    )
    if not rows:
        return []
    records = from_bytes(rows[0][0])
    names = records.dtype.names or ()
    return [{name: _none_for_nan(value) for name, value in zip(names, row, strict=True)} for row in records.tolist()]


def load_units_of_many(connection: Any, pids: Iterable[UUID | str]) -> dict[str, NDArray[Any]]:
    """Return the metrics of the units of each of many insertions as records, in one query; NaN where unknown."""
    rows = _read(
        connection,
        "bregma_ephys.__unit_metrics",
        "select insertion_uuid, metrics from bregma_ephys.__unit_metrics where insertion_uuid = any(%s::char(36)[])",
        ([str(pid) for pid in pids],),
    )
    return {pid.strip(): from_bytes(metrics) for pid, metrics in rows}


def load_autocorrelograms(connection: Any, pid: UUID | str) -> Autocorrelograms | None:
    """Return the autocorrelograms of an insertion's units, None when they are not computed."""
    rows = _read_insertion(connection, "__autocorrelogram", "lags, cluster_ids, counts", pid)
    return Autocorrelograms(*map(from_bytes, rows[0])) if rows else None


def load_psths(connection: Any, pid: UUID | str) -> PSTHs | None:
    """Return the responses of an insertion's units, None when they are not computed or no event has a time."""
    rows = _read_insertion(connection, "__psth", "event, n_events, times, cluster_ids, rate, sem", pid)
    return PSTHs(rows[0][0], rows[0][1], *map(from_bytes, rows[0][2:])) if rows and rows[0][0] else None


def _read_insertion(connection: Any, table: str, columns: str, pid: UUID | str) -> list[tuple[Any, ...]]:
    full_name = f"bregma_ephys.{table}"
    query = f"select {columns} from {full_name} where insertion_uuid = %s and ephys_parameters = %s"  # noqa: S608
    return _read(connection, full_name, query, (str(pid), DEFAULT))


def _read(connection: Any, table: str, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """Run a query, or return no rows while no worker has made the table yet."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s)", (table,))
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _none_for_nan(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value
