"""Archives are downloaded once, whole, and only if they are the pinned ones; none of their code runs."""

import errno
import hashlib
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from bregma.demo.download import pip_download
from bregma.demo.errors import ArchiveMismatch, DiskFull, DownloadFailed
from bregma.demo.sources import Source, fetch_sources

CONTENT = b"an archive"


def a_source(content: bytes = CONTENT, filename: str = "tiny-1.0.tar.gz") -> Source:
    return Source("tiny", "1.0", filename, hashlib.sha256(content).hexdigest(), "MIT")


class FakeDownload:
    def __init__(self, content: bytes = CONTENT, error: Exception | None = None) -> None:
        self.content = content
        self.error = error
        self.times = 0

    def __call__(self, sources: Sequence[Source], folder: Path) -> None:
        self.times += 1
        for source in sources:
            (folder / source.filename).write_bytes(self.content)
        if self.error:
            raise self.error


def visible(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name != ".lock"]


def test_archive_is_downloaded_once(tmp_path: Path) -> None:
    download = FakeDownload()
    for _ in range(2):
        found = fetch_sources(tmp_path, sources=[a_source()], download=download)
    assert download.times == 1
    assert found["tiny"].read_bytes() == CONTENT
    assert visible(tmp_path) == ["tiny-1.0.tar.gz"]


def test_damaged_archive_is_downloaded_again(tmp_path: Path) -> None:
    (tmp_path / "tiny-1.0.tar.gz").write_bytes(CONTENT[:-1])
    found = fetch_sources(tmp_path, sources=[a_source()], download=FakeDownload())
    assert found["tiny"].read_bytes() == CONTENT


def test_archive_with_another_hash_is_refused_and_not_kept(tmp_path: Path) -> None:
    source = a_source()
    with pytest.raises(ArchiveMismatch) as caught:
        fetch_sources(tmp_path, sources=[source], download=FakeDownload(b"forged"))
    assert source.sha256 in str(caught.value)
    assert hashlib.sha256(b"forged").hexdigest() in str(caught.value)
    assert visible(tmp_path) == []


@pytest.mark.parametrize("kind", [OSError, DownloadFailed])
def test_interrupted_download_leaves_nothing(tmp_path: Path, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        fetch_sources(tmp_path, sources=[a_source()], download=FakeDownload(error=kind("interrupted")))
    assert visible(tmp_path) == []


def test_full_disk_is_named(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(DiskFull, match="no space left"):
        fetch_sources(tmp_path, sources=[a_source()], download=FakeDownload(error=full))
    assert visible(tmp_path) == []


@pytest.fixture
def no_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave pip nothing to ask but what a test adds."""
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")


@pytest.mark.usefixtures("no_registry")
def test_missing_network_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="connect to the network once"):
        fetch_sources(tmp_path, sources=[a_source()])
    assert visible(tmp_path) == []


@pytest.fixture
def source_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_registry: None) -> tuple[Source, Path]:
    """Make a source archive whose setup.py leaves a trace, and let pip find it in a folder."""
    trace = tmp_path / "trace"
    members = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "setup.py": f"open({str(trace)!r}, 'w').close()\nfrom setuptools import setup\nsetup()\n",
    }
    links = tmp_path / "links"
    links.mkdir()
    with tarfile.open(links / "tiny-1.0.tar.gz", "w:gz") as tar:
        for name, text in members.items():
            entry = tarfile.TarInfo(f"tiny-1.0/{name}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return a_source((links / "tiny-1.0.tar.gz").read_bytes()), trace


def test_source_archive_is_downloaded_without_running_its_code(
    source_archive: tuple[Source, Path], tmp_path: Path
) -> None:
    source, trace = source_archive
    found = fetch_sources(tmp_path / "kept", sources=[source], download=pip_download)
    assert found["tiny"].is_file()
    assert not trace.exists()


def test_pip_refuses_an_archive_with_another_hash(source_archive: tuple[Source, Path], tmp_path: Path) -> None:
    with pytest.raises(ArchiveMismatch, match="other bytes"):
        fetch_sources(tmp_path / "kept", sources=[a_source(b"another")])
    assert visible(tmp_path / "kept") == []


@pytest.mark.slow
def test_real_archives_are_those_that_were_pinned(archives: dict[str, Path]) -> None:
    assert {name: path.stat().st_size for name, path in archives.items()} == {
        "ibllib": 8_740_474,
        "iblviewer": 2_667_140,
    }
