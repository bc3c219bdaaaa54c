"""The sparse noise that was shown in the passive part of a session, to map receptive fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.alf import AlfBunch
from bregma.sessions.errors import DataMissing, InconsistentData
from bregma.sessions.source import SessionFiles

if TYPE_CHECKING:
    from bregma.sessions.protocols import ID, DataSource

FRAMES = "_iblrig_RFMapStim.raw.bin"


def load_passive_rf_map(
    one: DataSource, eid: ID, *, shape: tuple[int, int] | None = None, revision: str | None = None
) -> AlfBunch:
    """Load the frames that were shown, and when.

    Parameters
    ----------
    one
        A ``bregma.one.ONE``.
    eid
        The session.
    shape
        Pixels of a frame across and down. By default a square, of as many pixels as the file has for each time.
    revision
        Of each file the last revision up to this one.

    Returns
    -------
    AlfBunch
        ``times`` (n_frames,), s, and ``frames`` (n_frames, n_across, n_down), uint8: 128 grey, 0 black, 255 white;
        and what else the session tells of it.

    Raises
    ------
    DataMissing
        If the frames or their times are not there.
    InconsistentData
        If the file is not so many whole frames, or the frames of the times are not square and no shape is given.
    """
    files = SessionFiles(one, eid, revision)
    bunch = files.load("passiveRFM", files.find("passiveRFM"))
    found = [each for each in files.chosen if each.name == FRAMES]
    if "times" not in bunch or not found:
        raise DataMissing(f"no {'times of frames' if found else FRAMES} in session {eid}; {files.describe()}")
    pixels = np.fromfile(files.bring("passiveRFM", found[0]), dtype=np.uint8)
    across, down = shape or _guess_shape(pixels.size, len(bunch["times"]))
    if pixels.size % (across * down):
        raise InconsistentData(f"{pixels.size} pixels are no whole frames of {across} x {down}; give their shape=")
    frames = pixels.reshape(-1, across, down)
    if len(frames) != len(bunch["times"]):
        raise InconsistentData(f"{len(frames)} frames have {len(bunch['times'])} times; give the shape= of a frame")
    return AlfBunch({**bunch, "times": np.asarray(bunch["times"], dtype=np.float64), "frames": frames})


def _guess_shape(n_pixels: int, n_frames: int) -> tuple[int, int]:
    """Find the sides of square frames."""
    per_frame = n_pixels / n_frames if n_frames else 0.0
    side = round(per_frame**0.5)
    if not side or side * side != per_frame:
        raise InconsistentData(f"{n_pixels} pixels are no square frames at {n_frames} times; give shape=")
    return side, side
