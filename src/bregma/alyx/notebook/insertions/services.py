"""Writes probe insertions and their trajectories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes
from bregma.alyx.experiments.models import ProbeInsertion, TrajectoryEstimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.actions.models import Session
    from bregma.alyx.misc.models import LabMember

Provenance = TrajectoryEstimate.Provenance
COORDINATES = ("x", "y", "z", "depth", "theta", "phi", "roll")
BY_HAND = (Provenance.PLANNED, Provenance.MICRO_MANIPULATOR)
"""What people enter; the other trajectories come from histology and alignment, by REST."""


@transaction.atomic
def plan_insertion(
    session: Session, values: Mapping[str, Any], coordinates: Mapping[str, Any], *, by: LabMember
) -> ProbeInsertion:
    """Enter a probe of a session with its planned trajectory.

    Raises
    ------
    PermissionDenied
        If this person may not write the session.
    ValidationError
        If the session has a probe of this name, or an angle is out of range.
    """
    insertion = changes.create_row(ProbeInsertion, {**values, "session": session}, by=by)
    set_trajectory(insertion, Provenance.PLANNED, coordinates, by=by)
    return insertion


@transaction.atomic
def set_trajectory(
    insertion: ProbeInsertion, provenance: int, coordinates: Mapping[str, Any], *, by: LabMember
) -> TrajectoryEstimate:
    """Enter or change a trajectory that people measure: the planned one, or that of the manipulator.

    Raises
    ------
    ValidationError
        If the provenance is another, or an angle is out of range.
    """
    kind = Provenance(provenance)
    if kind not in BY_HAND:
        raise ValidationError(f"{kind.label} comes from the analysis, by REST; enter the planned trajectory here.")
    found = TrajectoryEstimate.objects.filter(probe_insertion=insertion, provenance=kind).first()
    wanted = {name: coordinates.get(name) for name in COORDINATES}
    _check_angles(wanted)
    if found is None:
        return changes.create_row(
            TrajectoryEstimate, {**wanted, "probe_insertion": insertion, "provenance": kind}, by=by
        )
    return changes.change_row(found, wanted, by=by)


@transaction.atomic
def copy_planned(insertion: ProbeInsertion, *, by: LabMember) -> TrajectoryEstimate:
    """Enter the planned trajectory as that of the micro-manipulator, to be corrected by what it read.

    Raises
    ------
    ValidationError
        If nothing is planned, or the manipulator's is there already.
    """
    of_probe = TrajectoryEstimate.objects.filter(probe_insertion=insertion)
    planned = of_probe.filter(provenance=Provenance.PLANNED).first()
    if planned is None:
        raise ValidationError(f"nothing is planned for {insertion.name}; enter the planned trajectory first")
    if of_probe.filter(provenance=Provenance.MICRO_MANIPULATOR).exists():
        raise ValidationError(f"{insertion.name} has a trajectory of the manipulator already; change that one")
    coordinates = {name: getattr(planned, name) for name in COORDINATES}
    return set_trajectory(insertion, Provenance.MICRO_MANIPULATOR, coordinates, by=by)


@transaction.atomic
def delete_insertion(insertion: ProbeInsertion, *, by: LabMember) -> None:
    """Delete a probe of a session with its trajectories and channels; its files stay."""
    changes.delete_row(insertion, by=by)


def _check_angles(coordinates: Mapping[str, Any]) -> None:
    ranges = {"theta": (0, 180), "phi": (-180, 360), "roll": (0, 360)}
    for name, (least, most) in ranges.items():
        value = coordinates.get(name)
        if value is not None and not least <= value <= most:
            raise ValidationError({name: f"{name} is from {least} to {most} degrees, not {value:g}."})
