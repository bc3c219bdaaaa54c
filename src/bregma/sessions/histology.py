"""What a database knows of the place of a probe: resolved, aligned or traced histology, the best there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.sessions.channels import REGIONS, follow_track, interpolate_channel_locations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alf import AlfBunch
    from bregma.atlas import Atlas

ALIGNED = "Ephys aligned histology track"
TRACED = "Histology track"


@dataclass(frozen=True)
class Histology:
    """Channels with their places, and where these come from: ``resolved``, ``aligned`` or ``traced``."""

    channels: AlfBunch
    provenance: str


def ask_histology(
    client: Any, insertion: Mapping[str, Any], channels: Mapping[str, Any], atlas: Atlas | None = None
) -> Histology | None:
    """Ask an Alyx for the places of the channels of an insertion.

    Parameters
    ----------
    client
        With ``rest``, as of ``one.alyx``.
    insertion
        Its record.
    channels
        Those to place, with ``localCoordinates``.
    atlas
        Names the regions along a track of which no channels were entered.

    Returns
    -------
    Histology or None
        Of the alignment that was agreed on, else of the latest alignment, else of the traced track; None if there
        is none of them.
    """
    known = insertion.get("json") or {}
    quality = known.get("extended_qc") or {}
    aligned = "resolved" if quality.get("alignment_resolved") else "aligned"
    tracks = client.rest("trajectories", "list", probe_insertion=str(insertion["id"]))
    for provenance, name in ((ALIGNED, aligned), (TRACED, "traced")):
        for track in (one for one in tracks if one.get("provenance") == provenance):
            found = client.rest("channels", "list", trajectory_estimate=str(track["id"]))
            if len(found):
                return Histology(interpolate_channel_locations(_read_channels(found), channels), name)
    if not known.get("xyz_picks"):
        return None
    return Histology(_along(known["xyz_picks"], channels, atlas), "traced")


def _read_channels(records: Any) -> dict[str, Any]:
    places = np.array([[one["x"], one["y"], one["z"]] for one in records], dtype=np.float64)
    local = np.array([[one["lateral"], one["axial"]] for one in records], dtype=np.float64)
    ids = np.array([one.get("brain_region") or 0 for one in records], dtype=np.int64)
    return {"mlapdv": places, "localCoordinates": local, REGIONS: ids}


def _along(picks: Any, channels: Mapping[str, Any], atlas: Atlas | None) -> AlfBunch:
    from bregma.alf import AlfBunch

    placed = AlfBunch(channels)
    placed["mlapdv"] = follow_track(picks, np.asarray(channels["localCoordinates"])[:, 1])
    if atlas is not None:
        placed[REGIONS] = np.abs(atlas.regions.ids[atlas.rows_at(placed["mlapdv"] / 1e6)])
    return placed
