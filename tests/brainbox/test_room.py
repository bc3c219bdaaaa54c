"""The room as a whole: its names, and what importing it loads."""

import subprocess
import sys

import pytest

import bregma.brainbox


def test_every_public_name_is_there_and_documented() -> None:
    for name in bregma.brainbox.__all__:
        assert getattr(bregma.brainbox, name).__doc__, name


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compute_magic'"):
        _ = bregma.brainbox.compute_magic


def test_brainbox_loads_neither_matplotlib_nor_a_server() -> None:
    program = (
        "import sys, bregma.brainbox as b; [getattr(b, name) for name in b.__all__]; "
        "heavy = {'matplotlib', 'django', 'datajoint', 'httpx', 'vtk'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
