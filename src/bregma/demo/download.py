"""Download pinned archives through pip, without installing them or running their code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from bregma.demo import metadata_backend
from bregma.demo.errors import ArchiveMismatch, DiskFull, DownloadFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bregma.demo.sources import Source

_OPTIONS = (
    *("--no-deps", "--require-hashes", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--ignore-requires-python", "--retries", "2", "--timeout", "30"),
    *("--use-pep517", "--no-build-isolation"),  # the backend below answers, not the archive's setup.py
)


def pip_download(sources: Sequence[Source], folder: Path) -> None:
    """Download archives with this environment's pip, which checks their hashes.

    Parameters
    ----------
    sources : sequence of Source
        What to download.
    folder : Path
        Empty folder on the disk that will keep the archives; pip's temporary files go there too.

    Raises
    ------
    DownloadFailed
        If pip is missing, or the registry cannot be reached or lacks the archive.
    ArchiveMismatch
        If the registry serves other bytes than those that were pinned.
    DiskFull
        If no space is left.
    """
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{source.requirement}\n" for source in sources), encoding="utf-8")
    scratch = folder / "tmp"
    scratch.mkdir()
    kinds = [f"--{'only' if source.is_wheel else 'no'}-binary={source.package}" for source in sources]
    command = [sys.executable, "-m", "pip", "download", *_OPTIONS, *kinds]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(
        command, env=_environment(folder), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        raise _explain(done.stdout + done.stderr, sources)


def _environment(folder: Path) -> dict[str, str]:
    """Put a package named setuptools, holding only our backend, before the real one."""
    package = folder / "backend" / "setuptools"
    package.mkdir(parents=True)
    shutil.copyfile(metadata_backend.__file__, package / "build_meta.py")
    legacy = "import sys\n\nfrom . import build_meta\n\nbuild_meta.__legacy__ = sys.modules[build_meta.__name__]\n"
    (package / "__init__.py").write_text(legacy, encoding="utf-8")
    paths = [str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        "SETUPTOOLS_USE_DISTUTILS": "stdlib",
        "TMPDIR": str(folder / "tmp"),
    }


def _explain(output: str, sources: Sequence[Source]) -> Exception:
    """Say in one sentence what pip's output means, and what to do."""
    names = ", ".join(source.filename for source in sources)
    last = next((line for line in reversed(output.strip().splitlines()) if "ERROR" in line), output.strip()[-400:])
    if "No space left on device" in output:
        return DiskFull(f"no space left while downloading {names}; free some and run the command again")
    if "DO NOT MATCH" in output:
        return ArchiveMismatch(
            f"the package registry serves other bytes for {names} than those pinned; nothing was kept. pip says: {last}"
        )
    if "No module named pip" in output:
        return DownloadFailed(f"{sys.executable} has no pip; run `{sys.executable} -m ensurepip` and try again")
    return DownloadFailed(
        f"could not download {names}; connect to the network once (later runs work offline), or set "
        f"PIP_INDEX_URL to a registry that can be reached. pip says: {last}"
    )
