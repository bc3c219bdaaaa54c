"""Writes trajectories and their channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.experiments.models import Channel, TrajectoryEstimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def create_trajectory(values: Mapping[str, Any], *, by: LabMember) -> TrajectoryEstimate:
    """Record where a probe lies, once for each way to find out.

    Raises
    ------
    PermissionDenied
        If this person may not write the insertion.
    InvalidRequest
        If no insertion is named; administrators may leave it out.
    ValidationError
        If the insertion has a trajectory of this provenance.
    """
    _check_named(values, by)
    _check_free(TrajectoryEstimate(**values))
    return changes.create_row(TrajectoryEstimate, values, by=by)


@transaction.atomic
def change_trajectory(
    trajectory: TrajectoryEstimate, values: Mapping[str, Any], *, by: LabMember
) -> TrajectoryEstimate:
    """Change a trajectory, which is then of the insertion that the values name. Raises as :func:`create_trajectory`."""
    policy.check_may_write(by, trajectory)
    _check_named(values, by)
    provenance = values.get("provenance", trajectory.provenance)
    _check_free(TrajectoryEstimate(**{**values, "id": trajectory.pk, "provenance": provenance}))
    return changes.change_row(trajectory, values, by=by)


@transaction.atomic
def create_channels(items: Sequence[Mapping[str, Any]], *, by: LabMember) -> list[Channel]:
    """Record channels, all of them or none, in a constant number of queries per trajectory.

    Raises
    ------
    PermissionDenied
        If this person may not write one of the trajectories.
    ValidationError
        If two channels, or one and one recorded before, have the same place on a trajectory.
    """
    channels = [Channel(**item) for item in items]
    trajectories = {item["trajectory_estimate"].pk: item["trajectory_estimate"] for item in items}
    for trajectory in trajectories.values():
        policy.check_may_write(by, Channel(trajectory_estimate=trajectory))
    _check_places(channels)
    Channel.objects.bulk_create(channels)
    TrajectoryEstimate.objects.filter(pk__in=trajectories).update(datetime=timezone.now())
    return channels


def _check_named(values: Mapping[str, Any], by: LabMember) -> None:
    """Let only administrators write a trajectory of nobody, which nobody else could repair."""
    if values.get("probe_insertion") or values.get("chronic_insertion") or by.is_superuser:
        return
    raise InvalidRequest("name the insertion of the trajectory: every write has probe_insertion or chronic_insertion")


def _check_free(wanted: TrajectoryEstimate) -> None:
    insertion = wanted.probe_insertion or wanted.chronic_insertion
    if insertion is None:
        return
    same = Q(probe_insertion=insertion.pk) if wanted.probe_insertion else Q(chronic_insertion=insertion.pk)
    found = TrajectoryEstimate.objects.filter(same, provenance=wanted.provenance).exclude(pk=wanted.pk)
    key = found.values_list("pk", flat=True).first()
    if key is not None:
        label = TrajectoryEstimate.Provenance(wanted.provenance).label
        raise ValidationError(f"{insertion.name} has a trajectory {label!r} already, {key}; change that one.")


def _check_places(channels: Iterable[Channel]) -> None:
    """Refuse two channels in one place; a place of which a part is unknown may be shared."""
    places = [(c.trajectory_estimate_id, c.axial, c.lateral) for c in channels]
    known = [place for place in places if None not in place]
    taken = Channel.objects.filter(trajectory_estimate__in={key for key, _, _ in known})
    met: set[Any] = set(taken.values_list("trajectory_estimate", "axial", "lateral")) if known else set()
    for place in known:
        if place in met:
            key, axial, lateral = place
            raise ValidationError(f"trajectory {key} has a channel at axial {axial:g}, lateral {lateral:g} already.")
        met.add(place)
