"""Which OpenGL can draw here without a screen? Tried in a process of its own: a missing library ends it, not us."""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

from bregma.viewer.errors import NoOpenGL
from bregma.viewer.render.proven import has_drawn, note_drawn

VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
WINDOWS = ("vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow")
_SECONDS = 60
HOW_TO_INSTALL = (
    "As root: apt-get install libegl1 libgl1-mesa-dri (Debian, Ubuntu) "
    "or dnf install mesa-libEGL mesa-dri-drivers (Fedora)"
)

# VTK's last resort, an OSMesa window without OSMesa, ends the process with a segmentation fault when it draws.
_TRIAL = """
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow, vtkRenderer
window, renderer = vtkRenderWindow(), vtkRenderer()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
renderer.SetBackground(1, 0, 0)
window.AddRenderer(renderer)
window.Render()
red = vtkUnsignedCharArray()
window.GetPixelData(4, 4, 4, 4, 0, red, 0)
raise SystemExit(0 if red.GetValue(0) == 255 else 3)
"""


def choose_opengl(windows: Sequence[str] = WINDOWS) -> str:
    """Make VTK draw without a screen, with the first window class that works on this machine.

    The class that the environment variable VTK_DEFAULT_OPENGL_WINDOW names is tried first.

    Parameters
    ----------
    windows : sequence of str
        Window classes of VTK to try, in this order.

    Returns
    -------
    str
        The window class; it is also put into the environment, where VTK looks for it.

    Raises
    ------
    NoOpenGL
        If none works; the message says what to install.
    """
    preferred = os.environ.get(VARIABLE, "")
    for window in dict.fromkeys([*([preferred] if preferred else []), *windows]):
        if can_draw(window):
            os.environ[VARIABLE] = window
            return window
    raise NoOpenGL(f"no OpenGL library here can draw without a screen. {HOW_TO_INSTALL}")


@cache
def can_draw(window: str) -> bool:
    """Return whether a VTK window class draws one red pixel on this machine, or did so since nothing changed here."""
    drawn = has_drawn(window) or _try_to_draw(window)
    if drawn:
        note_drawn(window)
    return drawn


def _try_to_draw(window: str) -> bool:
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL],
            env=os.environ | {VARIABLE: window},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return trial.returncode == 0
