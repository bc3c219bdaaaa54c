"""Probes and fields of view in regions of the brain, for tests: CA1 (382) lies in the hippocampus (1089)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.experiments.models import (
    FOV,
    Channel,
    ChronicInsertion,
    CoordinateSystem,
    FOVLocation,
    ImagingType,
    ProbeInsertion,
    TrajectoryEstimate,
)

if TYPE_CHECKING:
    from bregma.alyx.actions.models import Session

CA1, HIPPOCAMPUS, THALAMUS, ROOT = 382, 1089, 549, 997
ALIGNED = TrajectoryEstimate.Provenance.EPHYS_ALIGNED


def make_probe(
    session: Session,
    name: str = "probe00",
    *,
    region: int = CA1,
    provenance: int = ALIGNED,
    chronic: ChronicInsertion | None = None,
) -> ProbeInsertion:
    """Make a probe with a trajectory and two channels in one region."""
    serial = chronic.serial if chronic else ""
    probe = ProbeInsertion.objects.create(session=session, name=name, serial=serial, chronic_insertion=chronic)
    track = TrajectoryEstimate.objects.create(
        probe_insertion=probe, provenance=provenance, x=1, y=2, z=3, depth=4, theta=5, phi=6
    )
    for axial in (20, 40):
        Channel.objects.create(trajectory_estimate=track, axial=axial, lateral=8, brain_region_id=region)
    return probe


def make_chronic(session: Session, name: str = "chronic00", *, region: int = CA1) -> ChronicInsertion:
    """Make a probe that stays in the subject of a session, with its use in that session."""
    chronic = ChronicInsertion.objects.create(subject=session.subject, lab=session.lab, name=name, serial="S1")
    track = TrajectoryEstimate.objects.create(chronic_insertion=chronic, provenance=ALIGNED, x=1, y=2, depth=4)
    Channel.objects.create(trajectory_estimate=track, axial=20, lateral=8, brain_region_id=region)
    ProbeInsertion.objects.create(session=session, name=f"p_{name}", serial="S1", chronic_insertion=chronic)
    return chronic


def make_view(session: Session, name: str = "FOV_00", *, region: int = CA1, default: bool = True) -> FOV:
    """Make a field of view with one location in one region."""
    view = FOV.objects.create(session=session, name=name, imaging_type=ImagingType.objects.get(name="mesoscope"))
    location = FOVLocation.objects.create(
        field_of_view=view,
        provenance="E",
        default_provenance=default,
        coordinate_system=CoordinateSystem.objects.get(name="IBL-Allen"),
        x=[0.0, 1.0],
        y=[0.0, 1.0],
        z=[0.0, 0.5],
        n_xyz=[5, 5, 1],
    )
    location.brain_region.add(region)
    return view
