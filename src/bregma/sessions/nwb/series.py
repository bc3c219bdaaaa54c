"""Objects with times, intervals or neither, as the containers that NWB has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.sessions.nwb.content import common_columns, spread
from bregma.sessions.nwb.descriptions import UNITS_OF, describe
from bregma.sessions.nwb.tables import as_text, make_intervals, make_table, storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

    from bregma.sessions.nwb.content import Account, Columns, ObjectFiles

_CLOCKS = ("times", "timestamps")


def make_containers(title: str, files: ObjectFiles, bunch: Mapping[str, Any], account: Account) -> Iterator[Any]:
    """Make what holds an object in an NWB file.

    Series over time, where it has ``times`` or ``timestamps``; a table of intervals, where it has ``intervals``; else
    a table. Attributes of another length than most get a table of their own. Settings become text.

    Parameters
    ----------
    title : str
        Name of the container.
    files : ObjectFiles
        Where the object comes from.
    bunch : mapping
        Its attributes.
    account : Account
        Told which attributes are empty.
    """
    columns, settings = spread(bunch)
    columns = _with_intervals(columns) if files.name == "trials" else columns
    empty = [name for name, values in columns.items() if len(values) == 0]
    for name in empty:
        account.leave_out(files.paths_of(name), "empty")
        del columns[name]
    while columns:
        chosen = _choose(columns)
        yield _container(title, files.name, chosen)
        columns = {key: values for key, values in columns.items() if key not in chosen}
        title = f"{title}_{next(iter(columns)).replace('.', '_')}" if columns else title
    for name, value in settings.items():
        yield _setting(f"{title}_{name}", files.name, name, value)


def _with_intervals(columns: Columns) -> Columns:
    """Give trials that lack intervals some: from the first of their times, to an end that nobody recorded (NaN)."""
    import numpy as np

    moments = [values for key, values in columns.items() if key.endswith("_times") and len(values)]
    if "intervals" in columns or not moments:
        return columns
    start = np.fmin.reduce([values for values in moments if len(values) == len(moments[0])])
    return {"intervals": np.stack([start, np.full(len(start), np.nan)], axis=1), **columns}


def _choose(columns: Columns) -> Columns:
    """Take the columns that go together: those as long as the clock or the intervals, else as most."""
    for clock in ("intervals", *_CLOCKS):
        if clock in columns:
            n_rows = len(columns[clock])
            return {key: values for key, values in columns.items() if len(values) == n_rows}
    return common_columns(columns)[1]


def _container(title: str, name: str, columns: Columns) -> Any:
    if getattr(columns.get("intervals"), "ndim", 0) == 2:
        return make_intervals(title, name, columns)
    clock = next((clock for clock in _CLOCKS if getattr(columns.get(clock), "ndim", 0) == 1), None)
    values = {key: each for key, each in columns.items() if key != clock}
    if clock is None or not values or any(isinstance(each, list) for each in values.values()):
        return make_table(title, name, columns, len(next(iter(columns.values()))))
    return _make_series(title, name, columns[clock], values)


def _make_series(title: str, name: str, times: np.ndarray, columns: Columns) -> Any:
    from pynwb import TimeSeries
    from pynwb.behavior import BehavioralTimeSeries, SpatialSeries

    timing = _timing(times)
    made: list[Any] = []
    for key, data in _with_points(columns).items():
        kind, more = TimeSeries, {"unit": UNITS_OF.get(key, "a.u.")}
        if key not in columns:
            kind, more = SpatialSeries, {"unit": "pixels", "reference_frame": "upper left corner of the image"}
        made.append(
            kind(
                name=key.replace(".", "_"), description=describe(name, key), data=storable(data), **more,
                **({"timestamps": made[0]} if made and "timestamps" in timing else timing),
            )
        )  # fmt: skip
    return BehavioralTimeSeries(name=title, time_series=made)


def _timing(times: np.ndarray) -> dict[str, Any]:
    """Tell times as start and rate where they are as regular as that, to a nanosecond; else as they are."""
    import numpy as np

    if len(times) > 2 and times[1] > times[0]:
        rate = (len(times) - 1) / (times[-1] - times[0])
        if np.allclose(times, times[0] + np.arange(len(times)) / rate, rtol=0, atol=1e-9):
            return {"starting_time": float(times[0]), "rate": float(rate)}
    return {"timestamps": storable(times)}


def _with_points(columns: Columns) -> Columns:
    """Join ``dlc_nose_x`` and ``dlc_nose_y``, the places of a body part in the image, as ``dlc_nose``."""
    import numpy as np

    joined: Columns = {}
    for key, values in columns.items():
        stem, _, axis = key.rpartition("_")
        if stem and stem not in columns and axis in {"x", "y"} and {f"{stem}_x", f"{stem}_y"} <= set(columns):
            if stem not in joined:
                joined[stem] = np.stack([columns[f"{stem}_x"], columns[f"{stem}_y"]], axis=1)
        else:
            joined[key] = values
    return joined


def _setting(title: str, name: str, key: str, value: Any) -> Any:
    from pynwb.core import ScratchData

    return ScratchData(name=title.replace(".", "_"), description=describe(name, key), data=as_text(value))
