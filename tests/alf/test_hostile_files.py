"""Files whose headers lie: each is refused with one kind of error, in little memory; no code of theirs runs."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bregma.alf import UnreadableFile, read_file
from bregma.alf.lazy import open_lazily


class Trap:
    """Makes a file where it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = str(place)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.place,)


def npy(shape: str, kind: str = "'<f8'", body: bytes = b"0" * 80) -> bytes:
    header = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


def parquet(about: bytes) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2]}).replace_schema_metadata({b"pandas": about}), file)
    return file.getvalue()


def zipped(*, flag: int = 0, method: int | None = None) -> bytes:
    """Pack an array, and say of it that it is encrypted, or packed as nobody packs."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy("(10,)"))
    content = bytearray(file.getvalue())
    listed = content.index(b"PK\x01\x02")
    content[listed + 8] |= flag
    content[6] |= flag
    if method is not None:
        content[listed + 10] = method
    return bytes(content)


def _first_rows(source: Any, name: str, metadata: dict[str, Any] | None = None) -> Any:
    found: Any = open_lazily(source, name=name, metadata=metadata)
    return found[0:2]


HOSTILE = {
    "spikes.times.npy": [
        npy("(1000000000000,)"),
        npy("(-5,)"),
        npy(f"({10**30},)"),
        npy("(True,)"),
        npy("(4294967296, 4294967296)"),
        npy("(2,", body=b""),
        npy("'a'"),
        npy("(3,)", "'|O'"),
        npy("(3,)", "[('a', 'O')]"),
        npy("(3,)", "'zz'"),
    ],
    "spikes.times.npz": [npy("(10,)"), zipped(flag=1), zipped(method=99)],
    "trials.table.pqt": [
        b"PAR1" + b"\xff" * 24 + b"PAR1",
        parquet(b"[]"),
        parquet(b"[" * 100_000),
        parquet(b'{"index_columns": ["none"], "columns": [], "column_indexes": []}'),
        parquet(b'{"index_columns": 5}'),
    ],
    "settings.task.json": [b"[" * 200_000, b'{"a":' * 100_000, b"1" * 10_000, b"\xff\xfe"],
    "settings.task.jsonable": [b"[" * 200_000],
    "settings.task.yaml": [
        b"!!python/object/apply:os.mkdir [trap]",
        b"[" * 20_000,
        b"!!bool 'zz'",
        b"!!int ''",
        b"!!timestamp x",
        b"? [a]\n: b",
    ],
}


@pytest.mark.parametrize(("name", "content"), [(name, content) for name, each in HOSTILE.items() for content in each])
def test_a_file_with_a_lying_header_is_unreadable_and_says_which(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=name):
        read_file(path)


@pytest.mark.parametrize("name", ["spikes.times.npy", "trials.table.pqt"])
def test_a_file_with_a_lying_header_is_not_opened_in_parts_either(tmp_path: Path, name: str) -> None:
    for content in HOSTILE[name]:
        path = tmp_path / name
        path.write_bytes(content)
        for source in (path, io.BytesIO(content)):
            with pytest.raises(UnreadableFile, match=name):
                _first_rows(source, name)


def test_no_pickle_is_read_whatever_it_is_packed_in(tmp_path: Path) -> None:
    trap = Trap(tmp_path / "sprung")
    objects = np.array([trap], dtype=object)
    np.save(tmp_path / "a.b.npy", objects)
    np.savez(tmp_path / "a.b.npz", x=objects)
    (tmp_path / "a.c.npy").write_bytes(pickle.dumps(trap))
    told = {"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": pickle.dumps(trap)}
    field = pa.field("x", pa.int64(), metadata=told)
    pq.write_table(pa.table([pa.array([1])], schema=pa.schema([field])), tmp_path / "a.d.pqt")
    for path in (tmp_path / "a.b.npy", tmp_path / "a.b.npz", tmp_path / "a.c.npy"):
        with pytest.raises(UnreadableFile):
            read_file(path)
    assert len(read_file(tmp_path / "a.d.pqt")) == 1
    assert not Path(trap.place).exists()


@pytest.mark.parametrize(
    "told",
    [
        {"shape": 5},
        {"shape": ["a"]},
        {"shape": [2.0, 2]},
        {"shape": [-2, -2]},
        {"shape": {"a": 4}},
        {"dtype": "|V0"},
        {"dtype": "(" * 5000},
    ],
)
def test_metadata_that_fit_no_array_are_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    (tmp_path / "raw.data.bin").write_bytes(b"0" * 32)
    (tmp_path / "raw.data.metadata.json").write_text(json.dumps({"dtype": "<f8", **told}))
    with pytest.raises(UnreadableFile, match="metadata"):
        read_file(tmp_path / "raw.data.bin")


@pytest.mark.parametrize(
    "told",
    [
        {"chunk_bounds": [0, 10, -20]},
        {"chunk_bounds": []},
        {"chunk_bounds": None},
        {"chunk_bounds": [5, 10, 20]},
        {"chunk_bounds": [0, 10**12, 2 * 10**12]},
        {"chunk_offsets": [-5, 10]},
        {"n_channels": -2},
        {"n_channels": 10**12},
        {"dtype": "O"},
        {"sample_rate": 0},
        {"chunk_order": 5},
    ],
)
def test_the_header_of_traces_cannot_lead_out_of_the_file(told: dict[str, Any]) -> None:
    content = zlib.compress(np.zeros((20, 2), "<i2").tobytes())
    header = {
        "chunk_bounds": [0, 20],
        "chunk_offsets": [0, len(content)],
        "n_channels": 2,
        "dtype": "int16",
        "sample_rate": 30_000,
    }
    with pytest.raises(UnreadableFile, match=r"raw\.ap\.cbin"):
        _first_rows(io.BytesIO(content), "raw.ap.cbin", {**header, **told})


def test_a_chunk_that_becomes_more_than_announced_is_not_unpacked() -> None:
    content = zlib.compress(bytes(100_000_000))
    header = {"chunk_bounds": [0, 20], "chunk_offsets": [0, len(content)], "n_channels": 2, "sample_rate": 1.0}
    found: Any = open_lazily(io.BytesIO(content), name="raw.ap.cbin", metadata={**header, "dtype": "int16"})
    with pytest.raises(UnreadableFile, match="chunk 0"):
        found[0:3]
