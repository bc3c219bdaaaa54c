"""What every analysis does around its computation: read its input's fingerprint, compute, and keep the result only
if the input is still the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from bregma.pipelines.arrays import from_bytes, to_bytes
from bregma.pipelines.engine import dj
from bregma.pipelines.errors import InputChanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bregma.pipelines.sources import DataSource

TRIALS = "select fingerprint from bregma_keys.trials where session_uuid = %(session_uuid)s"
EVENTS = "select fingerprint from bregma_keys.events where session_uuid = %(session_uuid)s"
SPIKES = "select fingerprint from bregma_keys.spikes where insertion_uuid = %(insertion_uuid)s"
HISTORY = "select fingerprint from bregma_keys.history where subject_uuid = %(subject_uuid)s"


class ArrayCodec(dj.Codec):
    """An array in a cell, as the bytes of a .npy file: ``<array>`` in definitions."""

    name = "array"

    def get_dtype(self, is_store: bool) -> str:
        """Name DataJoint's type of the bytes."""
        return "bytes"

    def encode(self, value: NDArray[Any], *, key: Any = None, store_name: str | None = None) -> bytes:
        """Return the bytes of an array."""
        return to_bytes(value)

    def decode(self, stored: bytes, *, key: Any = None) -> NDArray[Any]:
        """Return the array of some bytes."""
        return from_bytes(stored)


class Analysis:
    """Base of the tables that fill themselves; a table says what it computes, in `compute`."""

    inputs: ClassVar[Sequence[str]] = ()
    """Queries of the fingerprints of the inputs; an insertion's before its session's, as Alyx deletes them."""

    waits_for: ClassVar[str] = ""
    """Analysis that has its turn alone while many of its keys are pending: each of them renews this one's input."""

    def compute(self, key: Mapping[str, Any], source: DataSource) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the table (under ``""``) and of its parts (under their names) for one key."""
        raise NotImplementedError

    def make(self, key: dict[str, Any], source: DataSource) -> None:
        """Compute and insert one key, in the transaction that DataJoint opened.

        Raises
        ------
        InputChanged
            If the data changed meanwhile. They cannot change between this check and the end of the transaction:
            the rows of the inputs are locked until then.
        """
        before = self._read_fingerprints(key)
        rows = self.compute(key, source)
        if self._read_fingerprints(key, lock=True) != before:
            raise InputChanged(f"the data of {key} changed during the analysis {type(self).__name__}")
        for part, content in rows.items():
            table: Any = getattr(self, part)() if part else self
            table.insert({**key, **row} for row in content)

    def _read_fingerprints(self, key: Mapping[str, Any], *, lock: bool = False) -> list[Any]:
        connection = self.connection  # type: ignore[attr-defined]
        ending = " for key share" if lock else ""
        return [connection.query(query + ending, args=dict(key)).fetchone() for query in self.inputs]
