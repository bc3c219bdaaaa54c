"""A probe in the brain: from where it enters to its tip, in the conventions of the International Brain Laboratory."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.angles import spherical_from_xyz, xyz_from_spherical
from bregma.atlas.atlas import Atlas, Mapping
from bregma.atlas.coordinates import Floats, check_lengths, check_metres, check_micrometres, check_numbers, check_point
from bregma.atlas.errors import InvalidCoordinates
from bregma.atlas.parsing import is_missing
from bregma.atlas.track import CrossedRegions, find_crossed_regions
from bregma.atlas.trajectory import Trajectory


@dataclass(frozen=True)
class Insertion:
    """A straight probe, by the place where it enters and its angles.

    Parameters
    ----------
    x, y, z : float
        Where it enters, in metres relative to bregma.
    phi : float
        Azimuth, in degrees: from the right (x), counter-clockwise seen from above, to the side that the probe
        comes from.
    theta : float
        Polar angle of the probe from upwards (z), in degrees: 0 is a vertical one.
    depth : float
        From where it enters to its tip, in metres.
    label : str
        Its name, as ``probe00``.
    beta : float
        Turn of the probe around itself, in degrees. Kept, and not used here.

    Raises
    ------
    InvalidCoordinates
        If an entry is not finite, or the depth is negative.
    WrongUnit
        If the place or the depth cannot be in metres.
    """

    x: float
    y: float
    z: float
    phi: float
    theta: float
    depth: float
    label: str = ""
    beta: float = 0.0

    def __post_init__(self) -> None:
        check_metres([self.x, self.y, self.z], "coordinates of an insertion")
        check_lengths(self.depth, "the depth of an insertion")
        numbers = (self.x, self.y, self.z, self.phi, self.theta, self.depth)
        if not np.isfinite(check_numbers(numbers, "angles of an insertion")).all() or self.depth < 0:
            raise InvalidCoordinates(f"an insertion has a place, angles and a depth of 0 or more: {numbers} are none")

    @classmethod
    def from_ends(cls, entry: npt.ArrayLike, tip: npt.ArrayLike, *, label: str = "") -> "Insertion":
        """Return the insertion from one point to another, both in metres."""
        start, stop = check_point(entry, "the entry of an insertion"), check_point(tip, "the tip of an insertion")
        depth, theta, phi = (float(part) for part in spherical_from_xyz(start - stop))
        x, y, z = start.tolist()
        return cls(x, y, z, phi, theta, depth, label)

    @classmethod
    def from_track(cls, xyz: npt.ArrayLike, atlas: Atlas, *, label: str = "") -> "Insertion":
        """Fit an insertion to points that were traced in histology.

        Parameters
        ----------
        xyz : (..., 3) array
            Points of the track, in metres. NaN is left out.
        atlas : Atlas
            Says where the track enters the brain.

        Returns
        -------
        Insertion
            From where the fitted line enters the brain to beside the deepest point.

        Raises
        ------
        InvalidCoordinates
            If there are not two different points.
        OutsideBrain
            If the fitted line misses the brain.
        """
        points = check_metres(xyz, "points of a track").reshape(-1, 3)
        line = Trajectory.fit(points)
        entry, _ = line.brain_ends(atlas)
        return cls.from_ends(entry, line.project(points[np.nanargmin(points[:, 2])]), label=label)

    @classmethod
    def from_dict(cls, record: MappingOf[str, Any], atlas: Atlas | None = None) -> "Insertion":
        """Read a trajectory as Alyx and rigs write it.

        Parameters
        ----------
        record : mapping
            ``x``, ``y``, ``z`` and ``depth`` in micrometres, ``theta`` and ``phi`` in degrees; possibly ``roll`` or
            ``beta``, and ``label`` or ``probe_name``.
        atlas : Atlas, optional
            Its top of the brain replaces z, which manipulators do not measure well; z stays where there is no brain.

        Raises
        ------
        InvalidCoordinates
            If an entry is missing, None or NaN; the message names it.
        WrongUnit
            If the entries are in metres.
        """
        known = {name: entry for name, entry in record.items() if not is_missing(entry)}
        missing = [name for name in ("x", "y", "z", "depth", "theta", "phi") if name not in known]
        if missing:
            raise InvalidCoordinates(f"this record of an insertion lacks {', '.join(missing)}; it has {list(known)}")
        x, y, z, depth = check_micrometres([known[name] for name in ("x", "y", "z", "depth")]).tolist()
        phi, theta, roll = check_numbers(
            [known["phi"], known["theta"], known.get("roll") or known.get("beta") or 0.0], "angles of an insertion"
        ).tolist()
        top = np.nan if atlas is None else float(atlas.surface.top_at([x * 1e-6, y * 1e-6]))
        return cls(
            x * 1e-6,
            y * 1e-6,
            z * 1e-6 if np.isnan(top) else top,
            phi,
            theta,
            depth * 1e-6,
            str(known.get("label") or known.get("probe_name") or ""),
            roll,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the record of this insertion as Alyx takes it: micrometres and degrees; read by `from_dict`."""
        place = {name: round(getattr(self, name) * 1e6, 3) for name in ("x", "y", "z", "depth")}
        return {**place, "theta": self.theta, "phi": self.phi, "roll": self.beta, "label": self.label}

    @property
    def entry(self) -> Floats:
        """(3,) array: where it enters, in metres."""
        return np.array([self.x, self.y, self.z])

    @property
    def tip(self) -> Floats:
        """(3,) array: where it ends, in metres."""
        tip: Floats = self.entry - xyz_from_spherical(self.depth, self.theta, self.phi)
        return tip

    @property
    def xyz(self) -> Floats:
        """(2, 3) array: where it enters, then its tip, in metres."""
        return np.stack([self.entry, self.tip])

    @property
    def trajectory(self) -> Trajectory:
        """The line through it, from where it enters towards the tip."""
        return Trajectory(self.entry, -xyz_from_spherical(1.0, self.theta, self.phi))

    def brain_entry(self, atlas: Atlas) -> Floats:
        """Return where its line enters the brain from above; raises OutsideBrain if it misses the brain."""
        entry: Floats = self.trajectory.brain_ends(atlas)[0]
        return entry

    def brain_exit(self, atlas: Atlas) -> Floats:
        """Return where its line leaves the brain below; raises OutsideBrain if it misses the brain."""
        leaving: Floats = self.trajectory.brain_ends(atlas)[1]
        return leaving

    def crossed_regions(self, atlas: Atlas, *, mapping: Mapping | None = None) -> CrossedRegions:
        """Return the regions from where it enters to its tip; their edges are depths, in metres."""
        return find_crossed_regions(atlas, self.xyz, mapping=mapping)

    def channel_positions(self, height: npt.ArrayLike, *, tip_length: float = 0.0) -> Floats:
        """Return where the channels are, all on the axis of the probe.

        Parameters
        ----------
        height : (...) array
            Of each channel on the probe, upwards, in metres.
        tip_length : float
            From the tip to where heights are counted from, in metres; 200e-6 on Neuropixels probes.

        Returns
        -------
        (..., 3) array
            Metres relative to bregma.
        """
        up = check_lengths(height, "heights of channels") + check_lengths(tip_length, "the length of a tip")
        places: Floats = self.tip - up[..., None] * self.trajectory.vector
        return places
