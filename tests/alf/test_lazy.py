"""Parts of large files, from a path and from a file object that counts what is read."""

import io
import json
import zlib
from itertools import pairwise

import av
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, basic_indices

from bregma.alf import UnreadableFile
from bregma.alf.io import save_metadata
from bregma.alf.lazy import LazyArray, RawArray, open_lazily


class CountedFile(io.BytesIO):
    """A file in memory that knows how many bytes were read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.count = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


def npy_file(array: np.ndarray) -> CountedFile:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return CountedFile(buffer.getvalue())


def open_npy(array: np.ndarray) -> RawArray:
    opened = open_lazily(npy_file(array), name="obj.attr.npy")
    assert isinstance(opened, RawArray)
    return opened


ARRAYS = arrays(st.sampled_from([np.float64, np.int16]), array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=6))


@settings(deadline=None)
@given(st.data(), ARRAYS, st.booleans())
def test_indices_mean_what_they_mean_in_numpy(data, array, by_column):
    array = np.asfortranarray(array) if by_column else array
    index = data.draw(basic_indices(array.shape, allow_ellipsis=True))
    lazy = open_npy(array)
    np.testing.assert_array_equal(lazy[index], array[index])
    assert np.shape(lazy[index]) == np.shape(array[index])


@settings(deadline=None)
@given(st.data(), ARRAYS)
def test_rows_are_chosen_by_numbers_and_masks(data, array):
    lazy, n = open_npy(array), len(array)
    rows = data.draw(st.lists(st.integers(-n, n - 1)))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    np.testing.assert_array_equal(lazy[rows], array[np.array(rows, int)])
    np.testing.assert_array_equal(lazy[mask], array[mask])
    np.testing.assert_array_equal(lazy[array > 0], array[array > 0])
    np.testing.assert_array_equal(np.asarray(lazy, dtype=float), array.astype(float))
    np.testing.assert_array_equal(list(lazy), list(array))


@pytest.mark.parametrize("index", [3, -4, [0, 3], 1.5, [True, False], "a"])
def test_rows_that_are_not_there_are_refused(index):
    with pytest.raises(IndexError):
        open_npy(np.arange(3))[index]


def test_only_the_rows_asked_for_are_read():
    file = npy_file(np.arange(1_000_000.0).reshape(-1, 10))
    lazy = open_lazily(file, name="obj.attr.npy")
    assert lazy.shape == (100_000, 10)
    assert (len(lazy), lazy.ndim, lazy.size, lazy.nbytes) == (100_000, 2, 1_000_000, 8_000_000)
    before = file.count
    assert lazy[50_000, 3] == 500_003
    assert lazy[[5, 99_999], 0].tolist() == [50, 999_990]
    assert lazy[::50_000].shape == (2, 10)
    assert file.count - before < 1000


def test_a_column_vector_is_a_vector_and_a_path_is_mapped(tmp_path):
    np.save(tmp_path / "obj.attr.npy", np.arange(4)[:, None])
    assert isinstance(open_lazily(tmp_path / "obj.attr.npy"), np.memmap)
    assert open_lazily(tmp_path / "obj.attr.npy").shape == open_npy(np.arange(4)[:, None]).shape == (4,)


def test_no_copy_is_refused():
    with pytest.raises(ValueError, match="not in memory"):
        np.asarray(open_npy(np.arange(3)), copy=False)


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: b"x" + whole, lambda whole: whole[:9]])
def test_damaged_arrays_are_named(damage, tmp_path):
    content = damage(npy_file(np.arange(10)).getvalue())
    with pytest.raises(UnreadableFile, match=r"obj\.attr\.npy"):
        open_lazily(io.BytesIO(content), name="obj.attr.npy")
    (tmp_path / "obj.attr.npy").write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"obj\.attr\.npy"):
        open_lazily(tmp_path / "obj.attr.npy")


def test_pickled_objects_are_refused():
    with pytest.raises(UnreadableFile, match="could run code"):
        open_npy(np.array([{}]))


def test_flat_binary_needs_its_metadata(tmp_path):
    path = tmp_path / "lfp.raw.bin"
    np.arange(6, dtype=np.int16).tofile(path)
    with pytest.raises(UnreadableFile, match=r"needs a \.metadata\.json"):
        open_lazily(path)
    save_metadata(path, {"dtype": "int16", "columns": ["a", "b"]})
    assert open_lazily(path)[1:, 1].tolist() == [3, 5]
    with path.open("rb") as file:
        opened = open_lazily(file, metadata={"dtype": "int16", "columns": 2})
        assert opened[1:, 1].tolist() == [3, 5]


@pytest.mark.parametrize("name", ["a.b.npy", "a.b.bin", "a.b.pqt", "a.b.cbin", "a.b.mp4"])
def test_missing_and_empty_files_are_told_apart(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=name):
        open_lazily(tmp_path / name)
    (tmp_path / name).touch()
    with pytest.raises(UnreadableFile, match="is empty"):
        open_lazily(tmp_path / name)


@pytest.mark.parametrize(("dtype", "words"), [("nonsense", "no type of numpy"), ("O", "Python objects")])
def test_metadata_must_name_a_plain_type(tmp_path, dtype, words):
    (tmp_path / "lfp.raw.bin").write_bytes(b"12345678")
    with pytest.raises(UnreadableFile, match=words):
        open_lazily(tmp_path / "lfp.raw.bin", metadata={"dtype": dtype})


@pytest.fixture
def frame(tmp_path):
    frame = pd.DataFrame({"choice": np.arange(100), "block": ["a", "b"] * 50, "correct": [True] * 100})
    frame.to_parquet(tmp_path / "trials.table.pqt", row_group_size=10)
    return frame


@pytest.mark.parametrize("remote", [False, True])
def test_tables_give_columns_and_rows(tmp_path, frame, remote):
    path = tmp_path / "trials.table.pqt"
    file = CountedFile(path.read_bytes())
    with open_lazily(file if remote else path, name=path.name) as table:
        assert table.columns == ["choice", "block", "correct"]
        assert len(table) == 100
        np.testing.assert_array_equal(table["choice"], frame["choice"])
        assert table["correct"].dtype == bool
        pd.testing.assert_frame_equal(table[["block"]], frame[["block"]])
        pd.testing.assert_frame_equal(table[:], frame)
        assert table[13:27:5]["choice"].tolist() == [13, 18, 23]
        assert table[27:13:-5]["choice"].tolist() == [27, 22, 17]
        assert table[50:10].empty
        assert table.read(["choice"], 95).choice.tolist() == [95, 96, 97, 98, 99]
        with pytest.raises(KeyError, match="there are choice, block, correct"):
            table["colour"]


def test_only_the_row_groups_asked_for_are_read(tmp_path):
    path = tmp_path / "wheel.table.pqt"
    values = np.random.default_rng(0).random((100_000, 4))
    pd.DataFrame(values, columns=list("abcd")).to_parquet(path, row_group_size=10_000)
    file = CountedFile(path.read_bytes())
    table = open_lazily(file, name=path.name)
    np.testing.assert_array_equal(table.read(["b"], 15_000, 15_010)["b"], values[15_000:15_010, 1])
    assert file.count < path.stat().st_size / 10


def compress(values: np.ndarray, *, order: str = "F", space: bool = False, size: int = 30) -> tuple[bytes, dict]:
    """Compress traces as mtscomp does: differences in each chunk, then zlib."""
    bounds = [*range(0, len(values), size), len(values)]
    chunks = []
    for low, high in pairwise(bounds):
        chunk = np.diff(values[low:high], axis=0, prepend=np.zeros((1, values.shape[1]), values.dtype))
        if space:
            chunk = np.diff(chunk, axis=1, prepend=np.zeros((len(chunk), 1), values.dtype))
        chunks.append(zlib.compress(chunk.astype(values.dtype).tobytes(order=order)))
    header = {
        "version": "1.0", "algorithm": "zlib", "chunk_bounds": bounds, "chunk_order": order, "sample_rate": 10.0,
        "chunk_offsets": np.cumsum([0, *map(len, chunks)]).tolist(), "n_channels": values.shape[1],
        "dtype": str(values.dtype), "do_time_diff": True, "do_spatial_diff": space,
    }  # fmt: skip
    return b"".join(chunks), header


@pytest.fixture
def traces():
    return np.random.default_rng(0).integers(-500, 500, size=(100, 5)).astype(np.int16)


@pytest.mark.parametrize("order", ["F", "C"])
@pytest.mark.parametrize("space", [False, True])
def test_compressed_traces_are_read_by_sample_and_by_second(tmp_path, traces, order, space):
    content, header = compress(traces, order=order, space=space)
    uuid = "b2c3ab9f-3a3f-4a4f-8a5f-0123456789ab"
    path = tmp_path / "_spikeglx_ephysData_g0_t0.imec0.ap.cbin"
    path.write_bytes(content)
    path.with_name(f"_spikeglx_ephysData_g0_t0.imec0.ap.{uuid}.ch").write_text(json.dumps(header))
    with open_lazily(path) as opened:
        assert isinstance(opened, LazyArray)
        assert opened.shape == (100, 5)
        assert opened.duration == 10
        np.testing.assert_array_equal(opened[25:95], traces[25:95])
        np.testing.assert_array_equal(opened[25:95:7, [0, 3]], traces[25:95:7, [0, 3]])
        np.testing.assert_array_equal(opened[-1], traces[-1])
        np.testing.assert_array_equal(opened.between(2.5, 9.5), traces[25:95])
        np.testing.assert_array_equal(opened.between(9, 20), traces[90:])
        np.testing.assert_array_equal(opened, traces)


def test_only_the_chunks_asked_for_are_read(traces):
    content, header = compress(traces)
    file = CountedFile(content)
    opened = open_lazily(file, name="ephys.raw.cbin", metadata=header)
    np.testing.assert_array_equal(opened[35:40], traces[35:40])
    np.testing.assert_array_equal(opened[40:45], traces[40:45])
    assert file.count == header["chunk_offsets"][2] - header["chunk_offsets"][1]


def test_traces_without_their_header_or_with_another_are_refused(tmp_path, traces):
    content, header = compress(traces)
    path = tmp_path / "ephys.raw.cbin"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"no ephys\.raw\.ch beside it"):
        open_lazily(path)
    for wrong, words in [
        ({**header, "algorithm": "lz4"}, "only zlib"),
        ({**header, "chunk_offsets": [0, 5]}, "its header announces 5"),
        ({"chunk_bounds": [0]}, "lacks chunk_offsets"),
        ({}, "needs a .ch file"),
    ]:
        with pytest.raises(UnreadableFile, match=words), path.open("rb") as file:
            open_lazily(file, metadata=wrong)
    damaged = content[:5] + b"\xff" * 20 + content[25:]
    with pytest.raises(UnreadableFile, match="chunk 0"):
        open_lazily(io.BytesIO(damaged), name="ephys.raw.cbin", metadata=header)[0]


def write_video(path, n_frames: int, codec: str, **options: str) -> None:
    """Write frames whose brightness is their number."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=60, options=options)
        stream.width, stream.height, stream.bit_rate = 64, 48, 10_000_000
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for i in range(n_frames):
            image = np.full((48, 64, 3), 20 + 4 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("camera.raw.mp4", "libx264", {"g": "12", "bf": "2"}),
        ("camera.raw.avi", "mjpeg", {}),
        ("camera.raw.mkv", "mpeg4", {"g": "5"}),
    ],
)
@pytest.mark.parametrize("remote", [False, True])
def test_frames_are_decoded_by_their_number(tmp_path, name, codec, options, remote):
    path = tmp_path / name
    write_video(path, 50, codec, **options)
    with open_lazily(io.BytesIO(path.read_bytes()) if remote else path, name=name) as video:
        assert video.shape == (50, 48, 64, 3)
        assert video.frame_rate == 60
        assert video[7].shape == (48, 64, 3)
        for i in (49, 0, 25, 26, 24, 11, 12, 13, -1):
            assert abs(video[i].mean() - (20 + 4 * (i % 50))) < 2, i
        levels = video[40:10:-10].mean(axis=(1, 2, 3))
        np.testing.assert_allclose(levels, [180, 140, 100], atol=2)
        assert video[[3, 3]].shape == (2, 48, 64, 3)
        assert video[5:5].shape == (0, 48, 64, 3)
        assert sum(1 for _ in video) == 50
        with pytest.raises(IndexError, match="frame 50"):
            video[50]


def test_only_the_frames_asked_for_are_read(tmp_path):
    path = tmp_path / "camera.raw.avi"
    noise = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=60)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for _ in range(400):
            image = noise.integers(0, 255, (48, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    file = CountedFile(path.read_bytes())
    assert open_lazily(file, name=path.name)[300].shape == (48, 64, 3)
    assert file.count < path.stat().st_size / 2


def test_what_is_no_video_and_what_has_no_parts_is_refused(tmp_path):
    for name, words in [("a.b.mp4", "cannot read"), ("a.b.pqt", "cannot read"), ("a.b.json", "load it with read_file")]:
        path = tmp_path / name
        path.write_bytes(b"{} garbage")
        with pytest.raises(UnreadableFile, match=words):
            open_lazily(path)
