"""Round numbers along an axis."""

import math


def choose_ticks(low: float, high: float, most: int = 8) -> tuple[float, ...]:
    """Return round numbers between two, at most so many."""
    if not high > low or most < 1:
        return ()
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 12) + 0.0 for index in range(first, last + 1))[: most + 1]


def clock(seconds: float, span: float) -> str:
    """Return a moment with as many digits as a span of time needs: ``1:02.5`` or ``0.013 s``."""
    if span >= 60:
        minutes, rest = divmod(abs(seconds), 60)
        sign = "\N{MINUS SIGN}" if seconds < 0 else ""
        return f"{sign}{int(minutes)}:{rest:04.1f}"
    digits = 1 if span >= 20 else 2 if span >= 2 else 3
    return f"{seconds:.{digits}f} s".replace("-", "\N{MINUS SIGN}")
