"""Angles of probes: from vectors to spherical coordinates and back, and the tilt of a head.

Theta is the polar angle from upwards (z), phi the azimuth from the right (x), counter-clockwise seen from above.
"""

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_numbers, check_triples


def spherical_from_xyz(xyz: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return length, theta and phi of vectors.

    Parameters
    ----------
    xyz : (..., 3) array
        Any unit. NaN stays NaN.

    Returns
    -------
    r : (...) array
        Length, in the unit of the vectors.
    theta : (...) array
        Degrees from z, 0 to 180; 0 for a vector without length.
    phi : (...) array
        Degrees from x towards y, -180 to 180.
    """
    x, y, z = np.moveaxis(check_triples(xyz, "vectors"), -1, 0)
    flat = np.hypot(x, y)
    return np.hypot(flat, z), np.degrees(np.arctan2(flat, z)), np.degrees(np.arctan2(y, x))


def xyz_from_spherical(r: npt.ArrayLike, theta: npt.ArrayLike, phi: npt.ArrayLike) -> Floats:
    """Return the vectors of a length, theta and phi in degrees; the inverse of `spherical_from_xyz`.

    Returns
    -------
    (..., 3) array
        In the unit of the length; the arguments are broadcast against each other.
    """
    length, polar, azimuth = _check_finite(r), np.radians(_check_finite(theta)), np.radians(_check_finite(phi))
    parts = np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)
    xyz: Floats = np.stack(np.broadcast_arrays(*(length * part for part in parts)), axis=-1)
    return xyz


def tilt_angles(theta: npt.ArrayLike, phi: npt.ArrayLike, tilt: float = -5.0) -> tuple[Floats, Floats]:
    """Return the angles of a probe after the head was turned around the axis through both ears (x).

    Parameters
    ----------
    theta, phi : (...) array
        Degrees.
    tilt : float
        Degrees; a positive one lifts the chin. Manipulators measure on a head whose skull is level; in the Allen
        framework the same head is tilted by -5 degrees.

    Returns
    -------
    theta : (...) array
        Degrees, 0 to 180.
    phi : (...) array
        Degrees, 0 to 360.
    """
    x, y, z = np.moveaxis(xyz_from_spherical(1.0, theta, phi), -1, 0)
    sine, cosine = np.sin(np.radians(tilt)), np.cos(np.radians(tilt))
    _, tilted, azimuth = spherical_from_xyz(np.stack([x, y * cosine - z * sine, y * sine + z * cosine], axis=-1))
    return tilted, azimuth % 360


def _check_finite(numbers: npt.ArrayLike) -> Floats:
    """Return lengths or angles as floats; what is infinite has no direction, and becomes NaN."""
    found = check_numbers(numbers, "lengths and angles")
    return np.where(np.isinf(found), np.nan, found)
