"""Importing of a few rows, in a test's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.alyx.importing.dumps import Row

    from bregma.alyx.importing import Report


@pytest.fixture
def bring(db: None, tmp_path: Path) -> Callable[..., Report]:
    """Return an import of rows besides the lab's; options as those of the command."""
    from tests.alyx.importing.dumps import lab, write  # models can be imported only after this file

    from bregma.alyx.importing import Options, import_dump

    def run(*rows: Row, alone: bool = False, **options: object) -> Report:
        dump = write(tmp_path / "alyx.json", [*([] if alone else lab()), *rows])
        return import_dump(dump, Options(**options))  # type: ignore[arg-type]

    return run
