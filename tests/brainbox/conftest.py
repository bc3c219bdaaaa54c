"""Both engines of the loops, and time for the first compilation."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

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
