"""What tests that draw need."""

import pytest

from bregma.viewer import NoOpenGL
from bregma.viewer.render.opengl import choose_opengl


@pytest.fixture(scope="session")
def opengl() -> None:
    """Skip where this machine cannot draw, and say what it lacks."""
    try:
        choose_opengl()
    except NoOpenGL as error:
        pytest.skip(str(error))
