"""Files the browser needs that no Python package ships as a static file: the Vega bundle."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from bregma.alf import atomic_write

if TYPE_CHECKING:
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

    bundle = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;").encode()
    for path, content in ((packed, gzip.compress(bundle, mtime=0)), (target, bundle)):
        with atomic_write(path) as file:
            file.write(content)
    for old in target.parent.glob("vega-*"):
        if old not in (target, packed):
            old.unlink(missing_ok=True)
    return target
