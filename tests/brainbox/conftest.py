"""Both engines of the loops, and time for the first compilation."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.brainbox.reference import Reference

from bregma.brainbox.compiled import without_numba

settings.register_profile("compiling", deadline=None)
settings.load_profile("compiling")


@pytest.fixture(params=["numba", "numpy"])
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a test with the compiled loops, and again with numpy alone."""
    if request.param == "numba":
        yield
        return
    with without_numba():
        yield


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    """ibllib in an environment of its own; tests that ask for it are marked ``peer``."""
    folder = os.environ.get("BREGMA_PEER_IBLLIB")
    if not folder:
        pytest.skip("no ibllib environment; `make peer` makes one, or name its folder in BREGMA_PEER_IBLLIB")
    process = Reference(Path(folder))
    yield process
    process.close()
