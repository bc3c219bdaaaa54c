"""Admin of insertions, trajectories, channels, fields of view and brain regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx import changes
from bregma.alyx.admin_site.filters import choice, found_by, one_of, times
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin, ReadOnlyAdmin
from bregma.alyx.experiments.models import (
    FOV,
    BrainRegion,
    Channel,
    ChronicInsertion,
    CoordinateSystem,
    FOVLocation,
    ImagingStack,
    ImagingType,
    ProbeInsertion,
    ProbeModel,
    TrajectoryEstimate,
)
from bregma.alyx.experiments.services import create_insertion
from bregma.alyx.notebook.insertions.services import delete_insertion

if TYPE_CHECKING:
    from collections.abc import Mapping


COORDINATES = ("x", "y", "z", "depth", "theta", "phi")


@admin.register(ProbeModel)
class ProbeModelAdmin(PolicyAdmin):
    """Models of probes."""

    list_display = ("probe_model", "probe_manufacturer", "name", "description")
    search_fields = ("probe_model", "probe_manufacturer", "name")
    takes_files = True
    import_keys = ("probe_model",)


@admin.register(CoordinateSystem, ImagingType)
class NamedAdmin(PolicyAdmin):
    """What coordinates are measured from, and ways to make images."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(BrainRegion)
class BrainRegionAdmin(ReadOnlyAdmin):
    """Regions of the Allen ontology."""

    list_display = ("acronym", "name", "parent", "level", "ontology")
    list_select_related = ("parent",)
    list_filter = (found_by("parent"), "ontology")
    search_fields = ("acronym", "name")
    ordering = ("lft",)


class TrajectoryInline(LookInline):
    """Trajectories of a probe."""

    model = TrajectoryEstimate
    fk_name = "probe_insertion"
    fields = ("provenance", *COORDINATES, "coordinate_system")
    related = ("coordinate_system", "probe_insertion")


@admin.register(ProbeInsertion)
class ProbeInsertionAdmin(PolicyAdmin):
    """Probe insertions."""

    list_display = ("name", "session", "model", "serial", "chronic_insertion")
    list_select_related = ("session__subject", "model", "chronic_insertion")
    list_filter = (found_by("session__subject"), one_of("model"), one_of("session__lab"))
    search_fields = ("name", "session__subject__nickname", "serial")
    readonly_fields = ("auto_datetime",)
    seldom = ("auto_datetime", "datasets")
    inlines = (TrajectoryInline,)

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Record a probe with the datasets of its folder, or change one."""
        return create_insertion(values, by=by) if row is None else changes.change_row(row, values, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a probe with its trajectories; its files stay."""
        delete_insertion(row, by=by)


class ChannelInline(LookInline):
    """Channels of a trajectory."""

    model = Channel
    fields = ("axial", "lateral", "x", "y", "z", "brain_region")
    related = ("brain_region",)


@admin.register(TrajectoryEstimate)
class TrajectoryEstimateAdmin(PolicyAdmin):
    """Where probes lie."""

    list_display = ("id", "probe", "provenance", *COORDINATES, "coordinate_system")
    list_display_links = ("id", "probe")
    list_editable = COORDINATES
    list_select_related = (*("probe_insertion__session__subject", "chronic_insertion", "coordinate_system"),)
    list_filter = (choice("provenance"), found_by("probe_insertion__session__subject"), one_of("coordinate_system"))
    search_fields = ("probe_insertion__name", "probe_insertion__session__subject__nickname")
    ordering = ("-datetime", "id")
    inlines = (ChannelInline,)

    @admin.display(description="probe")
    def probe(self, trajectory: TrajectoryEstimate) -> str:
        """Name the probe and its session."""
        if trajectory.probe_insertion is not None:
            return f"{trajectory.probe_insertion.name} of {trajectory.probe_insertion.session}"
        return f"chronic {trajectory.chronic_insertion}"


@admin.register(Channel)
class ChannelAdmin(PolicyAdmin):
    """Recording sites."""

    list_display = ("id", "axial", "lateral", "x", "y", "z", "brain_region")
    list_select_related = ("brain_region",)
    list_filter = (found_by("brain_region"), found_by("trajectory_estimate"))
    search_fields = ("brain_region__acronym",)
    ordering = ("id",)


@admin.register(ChronicInsertion)
class ChronicInsertionAdmin(PolicyAdmin):
    """Probes that stay in a subject."""

    list_display = ("name", "subject", "serial", "model", "start_time", "end_time", "lab")
    list_select_related = ("subject", "model", "lab")
    list_filter = (found_by("subject"), one_of("model"), times("start_time"))
    search_fields = ("name", "subject__nickname", "serial")
    seldom = ("users", "procedures", "location")


class LocationInline(LookInline):
    """Where a field of view lies."""

    model = FOVLocation
    fields = ("provenance", "default_provenance", "coordinate_system", "x", "y", "z")
    related = ("coordinate_system",)


@admin.register(FOV)
class FOVAdmin(PolicyAdmin):
    """Fields of view."""

    list_display = ("name", "session", "imaging_type", "stack")
    list_select_related = ("session__subject", "imaging_type", "stack")
    list_filter = (found_by("session__subject"), one_of("imaging_type"))
    search_fields = ("name", "session__subject__nickname")
    seldom = ("datasets",)
    inlines = (LocationInline,)


@admin.register(FOVLocation)
class FOVLocationAdmin(PolicyAdmin):
    """Where fields of view lie."""

    list_display = ("field_of_view", "provenance", "default_provenance", "coordinate_system", "x", "y", "z")
    list_select_related = ("field_of_view", "coordinate_system")
    list_filter = (choice("provenance"), "default_provenance", one_of("coordinate_system"))
    search_fields = ("field_of_view__name", "field_of_view__session__subject__nickname")
    ordering = ("-auto_datetime",)


@admin.register(ImagingStack)
class ImagingStackAdmin(PolicyAdmin):
    """Fields of view at several depths."""

    list_display = ("id", "name")
    search_fields = ("name",)
    ordering = ("name", "id")
