"""Writes fields of view and their locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.experiments.models import FOV, FOVLocation
from bregma.alyx.experiments.services.folders import change_with_folder, create_with_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.actions.models import Session
    from bregma.alyx.experiments.models import ImagingStack
    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def create_field_of_view(values: Mapping[str, Any], *, by: LabMember) -> FOV:
    """Record a field of view, with the datasets of its folder unless others are named.

    Raises
    ------
    PermissionDenied
        If this person may not write the session.
    ValidationError
        If the session has a field of view of this name, or the stack or a dataset is of another session.
    """
    _check_stack(values.get("stack"), values["session"])
    return create_with_folder(FOV, values, by=by)


@transaction.atomic
def change_field_of_view(view: FOV, values: Mapping[str, Any], *, by: LabMember) -> FOV:
    """Change a field of view; with a new name come the datasets of that folder. Raises as to create."""
    if "stack" in values or "session" in values:
        _check_stack(values.get("stack", view.stack), values.get("session", view.session), besides=view.pk)
    return change_with_folder(view, values, by=by)


@transaction.atomic
def create_location(values: Mapping[str, Any], *, by: LabMember) -> FOVLocation:
    """Record where a field of view lies; one that is the default takes that from the others.

    Raises
    ------
    PermissionDenied
        If this person may not write the session.
    ValidationError
        If the field of view has a location of this provenance.
    """
    policy.check_may_write(by, FOVLocation(field_of_view=values["field_of_view"]))
    if values.get("default_provenance"):
        _make_way(values["field_of_view"])
    return changes.create_row(FOVLocation, values, by=by)


@transaction.atomic
def change_location(location: FOVLocation, values: Mapping[str, Any], *, by: LabMember) -> FOVLocation:
    """Change where a field of view lies. Raises as :func:`create_location`."""
    policy.check_may_write(by, location)
    view = values.get("field_of_view", location.field_of_view)
    policy.check_may_write(by, FOVLocation(field_of_view=view))
    if values.get("default_provenance", location.default_provenance):
        _make_way(view, besides=location.pk)
    return changes.change_row(location, values, by=by)


def _make_way(view: FOV, besides: Any = None) -> None:
    view.location.filter(default_provenance=True).exclude(pk=besides).update(default_provenance=False)


def _check_stack(stack: ImagingStack | None, session: Session, besides: Any = None) -> None:
    if stack is None:
        return
    other = stack.slices.exclude(session=session).exclude(pk=besides).first()
    if other is not None:
        raise ValidationError(
            f"Stack fields of view must belong to the same session; {other.name} of session {other.session_id} "
            f"is in stack {stack.pk}."
        )
