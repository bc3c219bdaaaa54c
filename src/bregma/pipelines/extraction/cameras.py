"""Times of camera frames, from the lines that the camera's computer wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.pipelines.errors import InvalidRecording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

CYCLES_PER_SECOND = 8000
STEPS_PER_CYCLE = 3072
SECONDS_WRAP = 128


def extract_camera_times(lines: Iterable[str]) -> NDArray[np.float64]:
    """Return when each frame was taken, in seconds since the first, on the camera's own clock.

    Parameters
    ----------
    lines
        Lines ``DATE COUNTER`` of ``Camera.timestamps.ssv``. The counter packs, in 32 bits, seconds (7), cycles of
        1/8000 s (13) and 1/3072 of those (12); the seconds start again at 128.

    Raises
    ------
    InvalidRecording
        If a line has no counter.
    """
    counters = np.array([_counter(line, number) for number, line in enumerate(lines, start=1)], dtype=np.int64)
    if not counters.size:
        return np.zeros(0)
    seconds, cycles, steps = counters >> 25, (counters >> 12) & 0x1FFF, counters & 0xFFF
    times = seconds + cycles / CYCLES_PER_SECOND + steps / (CYCLES_PER_SECOND * STEPS_PER_CYCLE)
    wraps = np.cumsum(np.diff(times, prepend=times[0]) < -SECONDS_WRAP / 2)
    times = times + wraps * SECONDS_WRAP
    return np.asarray(times - times[0])


def _counter(line: str, number: int) -> int:
    try:
        return int(line.split()[1])
    except (IndexError, ValueError) as error:
        raise InvalidRecording(f"line {number} of the camera's times is not 'DATE COUNTER': {line!r}") from error
