"""Files the browser needs that no Python package ships as a static file: the Vega bundle."""

from __future__ import annotations

import gzip
import os
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

FOLDER = "bregma-vega"


@cache
def bundle_name() -> str:
    """Name the Vega bundle below the static folder.

    The version of the package that carries it is part of the name, so a browser may keep the file for ever.
    """
    return f"{FOLDER}/vega-{version('vl-convert-python')}.js"


def build_assets(folder: Path) -> Path:
    """Write the Vega bundle, if it is not there yet.

    Parameters
    ----------
    folder : Path
        A folder of static files, such as ``Home.static``. Made when missing.

    Returns
    -------
    Path
        The bundle; beside it lies a packed copy. Each is written whole or not at all: two processes may do this
        at once.
    """
    target = folder / bundle_name()
    packed = target.with_name(f"{target.name}.gz")
    if target.exists() and packed.exists():
        return target
    import vl_convert

    target.parent.mkdir(parents=True, exist_ok=True)
    bundle = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;").encode()
    _write_whole(packed, gzip.compress(bundle, mtime=0))
    _write_whole(target, bundle)
    for old in target.parent.glob("vega-*"):
        if old not in (target, packed):
            old.unlink(missing_ok=True)
    return target


def _write_whole(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
