"""Where the channels of a probe are in the brain: from files, from a database, or along a traced track.

Coordinates in metres from bregma (x right, y front, z up); places on the probe in micrometres, up from the tip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import AlfBunch
from bregma.sessions.errors import DataMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

REGIONS = "brainLocationIds_ccf_2017"
UNKNOWN = "unknown"
TIP_UM = 200.0
"""From the tip of a Neuropixels probe to where its places are counted from."""


def place_channels(channels: Mapping[str, Any]) -> AlfBunch:
    """Add the names that analyses use to channels as ALF files tell them; no atlas is needed.

    Parameters
    ----------
    channels
        ``localCoordinates`` (n, 2), µm; where known ``mlapdv`` (n, 3), µm, and ``brainLocationIds_ccf_2017``.

    Returns
    -------
    AlfBunch
        All that was given, and of what is known: ``lateral_um``, ``axial_um``, ``x``, ``y``, ``z`` (m), ``atlas_id``
        and ``acronym`` (of the whole structure, also for the negative ids of the left side).
    """
    placed = AlfBunch(channels)
    if "localCoordinates" in channels:
        local = np.asarray(channels["localCoordinates"])
        placed |= {"lateral_um": local[:, 0], "axial_um": local[:, 1]}
    if "mlapdv" in channels:
        metres = np.asarray(channels["mlapdv"], dtype=np.float64) / 1e6
        placed |= {name: metres[:, i] for i, name in enumerate("xyz")}
    if REGIONS in channels:
        ids = np.asarray(channels[REGIONS])
        placed |= {"atlas_id": ids, "acronym": find_acronyms(ids)}
    return AlfBunch(placed)


def find_acronyms(ids: ArrayLike) -> NDArray[np.str_]:
    """Return the acronym of each Allen identifier, whatever its sign; ``unknown`` for one that is in no table."""
    from bregma.atlas import Regions

    regions = Regions.allen()
    names = {int(key): name for key, name in zip(regions.ids, regions.acronyms, strict=True)}
    distinct, rows = np.unique(np.abs(np.asarray(ids, dtype=np.int64)), return_inverse=True)
    found: NDArray[np.str_] = np.array([names.get(int(key), UNKNOWN) for key in distinct], dtype=np.str_)[rows]
    return found


def interpolate_channel_locations(
    channels_aligned: Mapping[str, Any], channels: Mapping[str, Any] | None = None
) -> AlfBunch:
    """Carry the places in the brain of some channels of a probe over to other channels, by their height on it.

    Parameters
    ----------
    channels_aligned
        Channels that were placed: ``mlapdv`` (µm) and ``brainLocationIds_ccf_2017``, or ``x``, ``y``, ``z`` (m) and
        ``atlas_id``; their ``localCoordinates`` or ``axial_um``. Without these they are all channels of a
        Neuropixels 1.0 probe.
    channels
        Channels to place, with ``localCoordinates``. By default those of a Neuropixels 1.0 probe.

    Returns
    -------
    AlfBunch
        The attributes of `channels`, with ``mlapdv`` (linear between heights, the ends kept beyond them) and
        ``brainLocationIds_ccf_2017`` (of the nearest height).

    Raises
    ------
    DataMissing
        If the placed channels lack their heights, and are not 384.
    """
    targets = {"localCoordinates": np.stack(_np1_sites(), axis=1)} if channels is None else channels
    mlapdv, ids = _read_places(channels_aligned)
    heights, first = np.unique(_heights(channels_aligned, len(mlapdv)), return_index=True)
    wanted = np.asarray(targets["localCoordinates"], dtype=np.float64)[:, 1]
    placed = AlfBunch(targets)
    placed["mlapdv"] = np.stack([np.interp(wanted, heights, mlapdv[first, i]) for i in range(3)], axis=1)
    if ids is not None:
        middles = (heights[1:] + heights[:-1]) / 2
        placed[REGIONS] = ids[first][np.searchsorted(middles, wanted, side="left")].astype(np.int32)
    return placed


def follow_track(picks: Sequence[Sequence[float]], axial_um: ArrayLike) -> NDArray[np.float64]:
    """Return the coordinates of channels along a track that was traced in histology.

    Parameters
    ----------
    picks : (n_picks, 3)
        Points of the track, µm from bregma.
    axial_um : (n_channels,) array
        Heights on the probe.

    Returns
    -------
    (n_channels, 3) array
        µm from bregma; the probe ends at the deepest point. Beyond the highest one its last stretch is followed.
    """
    from bregma.atlas import place_along

    points = np.asarray(picks, dtype=np.float64)
    heights = np.asarray(axial_um, dtype=np.float64) + TIP_UM
    found: NDArray[np.float64] = place_along(points[np.argsort(points[:, 2])] / 1e6, heights / 1e6) * 1e6
    return found


def _read_places(channels: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    if "mlapdv" in channels:
        mlapdv, ids = np.asarray(channels["mlapdv"], dtype=np.float64), channels.get(REGIONS)
    else:
        mlapdv = np.stack([np.asarray(channels[name], dtype=np.float64) for name in "xyz"], axis=1) * 1e6
        ids = channels.get("atlas_id")
    return mlapdv, None if ids is None else np.asarray(ids)


def _heights(channels: Mapping[str, Any], n_channels: int) -> NDArray[np.float64]:
    if "localCoordinates" in channels:
        return np.asarray(channels["localCoordinates"], dtype=np.float64)[:, 1]
    if "axial_um" in channels:
        return np.asarray(channels["axial_um"], dtype=np.float64)
    heights = _np1_sites()[1]
    if len(heights) != n_channels:
        raise DataMissing(f"{n_channels} placed channels do not tell their heights; give their localCoordinates")
    return heights


def _np1_sites() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from bregma.brainbox.lfp.probe import dense_geometry

    geometry = dense_geometry("3B2")
    return geometry.x_um, geometry.y_um
