"""The analyses: short declarations. `declare` binds them to a connection and makes what is missing."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg2

from bregma.pipelines.engine import dj
from bregma.pipelines.errors import PipelineError
from bregma.pipelines.links import FINISH_SQL
from bregma.pipelines.tables import behavior, ephys, keys

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

KEYS = (keys.Session, keys.Insertion, keys.Trials, keys.Events, keys.Spikes, keys.History)
BEHAVIOR = (
    behavior.BehaviorParameters,
    behavior.TrialSet,
    behavior.PsychometricFit,
    behavior.ReactionTime,
    behavior.TrainingStatus,
)
EPHYS = (ephys.EphysParameters, ephys.UnitMetrics, ephys.DriftMap, ephys.Autocorrelogram, ephys.Psth)
LOCK_MILLISECONDS = 200
LOCK_ATTEMPTS = 50
LOCK = "hashtextextended('bregma declare', 0)"


class NotInstalled(PipelineError):
    """Alyx's database has no keys yet."""


@dataclass(frozen=True)
class Pipeline:
    """Tables bound to one connection, by name."""

    instance: Any
    tables: Mapping[str, Any]
    analyses: tuple[Any, ...]
    """One object of each table that fills itself, after those it needs; it remembers its jobs table."""

    def __getitem__(self, name: str) -> Any:
        return self.tables[name]

    @property
    def connection(self) -> Any:
        """DataJoint's connection."""
        return self.instance.connection


def declare(instance: Any) -> Pipeline:
    """Make the tables that are missing and return all of them, bound to the instance's connection.

    Processes that start at the same time take turns: DataJoint alone would let one of them fail.

    Raises
    ------
    NotInstalled
        If Alyx's migrations have not run on this database.
    """
    connection = instance.connection
    if connection.query("select to_regclass('bregma_keys.events')").fetchone()[0] is None:
        raise NotInstalled(
            "the database has no keys of sessions yet, or old ones; run Alyx's migrations first (bregma up does)"
        )
    connection.query(f"select pg_advisory_lock({LOCK})")
    try:
        tables: dict[str, Any] = {}
        _bind(instance, "bregma_keys", KEYS, {})  # notes where new keys come from; DataJoint sees it the next time
        _bind(instance, "bregma_keys", KEYS, tables)
        _bind(instance, "bregma_behavior", BEHAVIOR, tables)
        _bind(instance, "bregma_ephys", EPHYS, tables)
        analyses = tuple(table() for table in tables.values() if hasattr(table, "populate"))
        for analysis in analyses:
            _ = analysis.jobs  # declared when it is first looked at
        _finish(connection)
        connection.dependencies.clear()
    finally:
        connection.query(f"select pg_advisory_unlock({LOCK})")
    return Pipeline(instance, tables, analyses)


def _finish(connection: Any) -> None:
    """Make the links, without ever holding up a reader: what cannot be locked at once is tried again."""
    connection.query(f"set lock_timeout = '{LOCK_MILLISECONDS}ms'")
    try:
        for _ in range(LOCK_ATTEMPTS):
            try:
                connection.query(FINISH_SQL, args=None)  # no arguments: its percent signs stay
            except psycopg2.errors.LockNotAvailable:
                time.sleep(LOCK_MILLISECONDS / 1000)
            else:
                return
        logger.warning("some foreign keys could not be made to cascade while others work; the next start tries again")
    finally:
        connection.query("reset lock_timeout")


def _bind(instance: Any, schema_name: str, classes: tuple[Any, ...], tables: dict[str, Any]) -> None:
    """Declare a copy of each class: DataJoint writes the connection into the class, and there may be several."""
    schema = instance.Schema(schema_name)
    for original in classes:
        parts = {
            name: type(name, (part,), {"__doc__": part.__doc__})
            for name, part in vars(original).items()
            if isinstance(part, type) and issubclass(part, dj.Part)
        }
        bound = type(original.__name__, (original,), {"__doc__": original.__doc__, **tables, **parts})
        schema(bound, context=dict(tables))
        tables[original.__name__] = bound
