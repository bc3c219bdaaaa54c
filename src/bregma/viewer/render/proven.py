"""Which OpenGL has drawn on this machine: kept until anything changes that it depends on."""

import contextlib
import hashlib
import os
import platform
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from bregma.atlas.prepared import user_cache

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_VARIABLES = (
    *("CUDA", "DISPLAY", "DRI", "EGL", "GALLIUM", "LD_", "LIBGL", "LP_", "MESA", "NVIDIA", "WAYLAND"),
    *("XAUTHORITY", "XDG_RUNTIME", "__EGL", "__GL", "__NV"),
)
# Installing, updating or removing a library renames files, which the times of their folders tell.
_PLACES = (
    *("/dev/dri", "/dev/nvidia0", "/dev/nvidiactl", "/etc/glvnd/egl_vendor.d", "/etc/ld.so.cache"),
    *("/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/glvnd/egl_vendor.d"),
    *(f"/usr/lib/{machine}-linux-gnu{folder}" for machine in ("x86_64", "aarch64") for folder in ("", "/dri")),
)
_MOST_NOTES = 8


def has_drawn(window: str, folder: Path | None = None) -> bool:
    """Return whether a VTK window class drew here since the machine started, and nothing has changed since.

    Parameters
    ----------
    window : str
        The class.
    folder : Path, optional
        Where it is noted; by default in the user's cache folder.
    """
    note = _find_note(window, folder)
    return note is not None and note.is_file()


def note_drawn(window: str, folder: Path | None = None) -> None:
    """Note that a VTK window class drew here."""
    note = _find_note(window, folder)
    if note is not None:
        with contextlib.suppress(OSError):  # a full or read-only disk: it is tried again next time
            note.parent.mkdir(parents=True, exist_ok=True)
            note.touch()
            for old in sorted(note.parent.iterdir(), key=_time_of, reverse=True)[_MOST_NOTES:]:
                old.unlink(missing_ok=True)


@contextlib.contextmanager
def relying_on(window: str, folder: Path | None = None) -> Iterator[None]:
    """Take the note away while a window class draws for the first time: should that end the process, it was wrong."""
    note = _find_note(window, folder)
    relies = note is not None and note.is_file()
    if relies and note is not None:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)
    yield
    if relies:
        note_drawn(window, folder)


def _find_note(window: str, folder: Path | None) -> Path | None:
    """Return the file that notes it, named by all that it depends on; None where the machine does not tell."""
    if not _BOOT.is_file():
        return None
    state = hashlib.blake2b(digest_size=12)
    vtk = find_spec("vtkmodules")
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    places = (*_PLACES, f"{sys.prefix}/lib", vtk.origin if vtk and vtk.origin else "", *libraries)
    variables = sorted(item for item in os.environ.items() if item[0].startswith(_VARIABLES))
    machine = (_BOOT.read_text(encoding="ascii"), platform.node(), os.getuid())
    state.update(repr((window, machine, variables, [_time_of(Path(place)) for place in places if place])).encode())
    return (folder or user_cache() / "opengl") / state.hexdigest()


def _time_of(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0
