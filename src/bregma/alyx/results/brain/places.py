"""Where the recordings that a user may see lie: tracks of probes and recording sites, in metres from bregma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alyx.experiments.models import Channel, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.policy import readable
from bregma.atlas import AtlasError, Insertion

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from numpy.typing import NDArray

    from bregma.alyx.policy import User


@dataclass(frozen=True, eq=False)
class Places:
    """Where recordings lie.

    Parameters
    ----------
    entries, tips : (n, 3) array
        Of each probe's track.
    labels : tuple of n str
        What each is called, and how its place is known.
    sites : (m, 3) array
        Recording sites.
    region_ids : (m,) array of int
        Region of each site, 0 where none is known.
    site_insertions : (m,) array of int
        Insertion of each site, as its place in `pids`.
    axial_um : (m,) array
        Height of each site above the tip of its probe, NaN where unknown.
    pids : tuple of str
        Insertions that have a trajectory.
    sources : tuple of str
        Where the places were published, of those that say so.
    """

    entries: NDArray[np.float64]
    tips: NDArray[np.float64]
    labels: tuple[str, ...]
    sites: NDArray[np.float64]
    region_ids: NDArray[np.int64]
    site_insertions: NDArray[np.int64]
    axial_um: NDArray[np.float64]
    pids: tuple[str, ...]
    sources: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to lie anywhere."""
        return not self.labels and not len(self.sites)


def find_places(user: User, insertions: QuerySet[ProbeInsertion]) -> Places:
    """Return the places of insertions, each from the best of its trajectories: four queries, whatever their number."""
    known = readable(user, TrajectoryEstimate.objects.all()).filter(probe_insertion__in=insertions)
    wanted = known.order_by("probe_insertion_id", "-provenance").distinct("probe_insertion_id")
    best = list(wanted.select_related("probe_insertion__session__subject"))
    order = {trajectory.pk: index for index, trajectory in enumerate(best)}
    placed = [track for one in best if (track := _read_track(one)) is not None]
    channels = readable(user, Channel.objects.all()).filter(trajectory_estimate__in=list(order))
    rows = channels.exclude(x=None).exclude(y=None).exclude(z=None)
    sites = list(rows.values_list("x", "y", "z", "brain_region_id", "trajectory_estimate_id", "axial"))
    return Places(
        entries=np.array([track.entry for track in placed]).reshape(-1, 3),
        tips=np.array([track.tip for track in placed]).reshape(-1, 3),
        labels=tuple(track.label for track in placed),
        sites=np.array([row[:3] for row in sites], dtype=np.float64).reshape(-1, 3) * 1e-6,
        region_ids=np.array([row[3] or 0 for row in sites], dtype=np.int64),
        site_insertions=np.array([order[row[4]] for row in sites], dtype=np.int64),
        axial_um=np.array([np.nan if row[5] is None else row[5] for row in sites], dtype=np.float64),
        pids=tuple(str(trajectory.probe_insertion_id) for trajectory in best),
        sources=tuple(sorted({str(one.json["source"]) for one in best if one.json and one.json.get("source")})),
    )


def _read_track(trajectory: Any) -> Insertion | None:
    """Return a track, or None for a row that lacks an angle, or whose numbers lie in no brain."""
    insertion = trajectory.probe_insertion
    session = insertion.session
    day = f" {session.start_time:%Y-%m-%d}" if session.start_time else ""
    name = f"{session.subject.nickname}{day} {insertion.name}, {trajectory.get_provenance_display().lower()}"
    parts = {part: getattr(trajectory, part) for part in ("x", "y", "z", "depth", "theta", "phi")}
    try:
        return Insertion.from_dict({**parts, "label": name})
    except AtlasError:
        return None
