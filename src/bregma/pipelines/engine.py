"""DataJoint itself, imported quietly: ``from bregma.pipelines.engine import dj``.

DataJoint looks for a configuration file in the folders above and warns when there is none, warns of its own deprecated
module, and writes its log to the standard output. Here it reads no file, and logs where this process logs.
"""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["dj", "without_configuration_file"]

NO_FILE = "DJ_IGNORE_CONFIG_FILE"


@contextmanager
def without_configuration_file() -> Iterator[None]:
    """Let DataJoint make its settings without a file, and without warnings."""
    before = os.environ.get(NO_FILE)
    os.environ[NO_FILE] = "true"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            os.environ.pop(NO_FILE, None)
        else:
            os.environ[NO_FILE] = before


with without_configuration_file():
    import datajoint as dj

_log = logging.getLogger("datajoint")
_log.handlers.clear()
_log.setLevel(logging.WARNING)
