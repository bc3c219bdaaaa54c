"""A build backend that builds nothing: it hands pip the name and version written in the archive.

pip asks a source archive for its metadata even when it only downloads it, which means running the archive's
``setup.py``. This file answers instead (see :mod:`bregma.demo.download`): it copies the ``PKG-INFO`` that the
archive carries, so none of the archive's code runs and setuptools is not needed.
It runs by itself, in a process that pip starts in the unpacked archive; it imports nothing of the house.
"""

from __future__ import annotations

import shutil
from email.parser import HeaderParser
from pathlib import Path


def get_requires_for_build_wheel(config_settings: object = None) -> list[str]:
    """Return no requirement: nothing is built."""
    return []


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: object = None) -> str:
    """Copy ``PKG-INFO`` into the folder that pip reads; return the name of that folder."""
    stated = HeaderParser().parsestr(Path("PKG-INFO").read_text(encoding="utf-8"))
    folder = Path(metadata_directory, f"{stated['Name']}-{stated['Version']}.dist-info")
    folder.mkdir()
    shutil.copyfile("PKG-INFO", folder / "METADATA")
    return folder.name
