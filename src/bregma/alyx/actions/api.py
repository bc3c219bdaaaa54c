"""Endpoints of sessions, weighings and water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx.actions import filters, selectors, serializers, services
from bregma.alyx.actions.models import (
    ProcedureType,
    Session,
    WaterAdministration,
    WaterRestriction,
    WaterType,
    Weighing,
)
from bregma.alyx.api.views import NamedViewSet, WireViewSet

if TYPE_CHECKING:
    from collections.abc import Sequence


class ProcedureTypeViewSet(NamedViewSet):
    """Kinds of procedures, by name."""

    model = ProcedureType
    serializer_class = serializers.ProcedureTypeSerializer
    http_method_names = ["get", "post", "head", "options"]


class WaterTypeViewSet(NamedViewSet):
    """What subjects drink, by name."""

    model = WaterType
    serializer_class = serializers.WaterTypeSerializer


class WeighingViewSet(WireViewSet):
    """Weighings, by uuid."""

    model = Weighing
    serializer_class = serializers.WeighingSerializer
    filterset_class = filters.WeighingFilter
    joined = ("subject__lab", "subject__responsible_user", "user")
    http_method_names = ["get", "post", "delete", "head", "options"]

    def create_row(self, values: dict[str, Any]) -> Weighing:
        """Record a weight; an entry sent twice with one id is kept once."""
        return services.weigh(
            values["subject"],
            values["weight"],
            by=self.user,
            when=values.get("date_time"),
            id=values.get("id"),
            user=values.get("user"),
        )


class WaterAdministrationViewSet(WireViewSet):
    """Water given, by uuid."""

    model = WaterAdministration
    serializer_class = serializers.WaterAdministrationSerializer
    filterset_class = filters.WaterAdministrationFilter
    joined = ("subject__lab", "subject__responsible_user", "user", "water_type")

    def create_row(self, values: dict[str, Any]) -> WaterAdministration:
        """Record water; an entry sent twice with one id is kept once."""
        how = {name: values[name] for name in ("session", "water_type", "adlib", "user") if name in values}
        return services.give_water(
            values["subject"],
            values.get("water_administered"),
            by=self.user,
            when=values.get("date_time"),
            id=values.get("id"),
            terms=services.DrinkTerms(**how),
        )

    def change_row(self, row: WaterAdministration, values: dict[str, Any]) -> WaterAdministration:
        """Correct water; an entry keeps its id."""
        return services.change_water(row, {name: value for name, value in values.items() if name != "id"}, by=self.user)


class WaterRestrictionViewSet(WireViewSet):
    """Restrictions of water; that which begins one is beside it."""

    model = WaterRestriction
    serializer_class = serializers.WaterRestrictionSerializer
    filterset_class = filters.WaterRestrictionFilter
    http_method_names = ["get", "head", "options"]

    def rows(self) -> Any:
        """Return restrictions with subject and type, the open ones first."""
        return WaterRestriction.objects.select_related("subject", "water_type").order_by(
            "-end_time", "-start_time", "pk"
        )


class RestrictWaterViewSet(WaterRestrictionViewSet):
    """Begins restrictions of water, at an address of its own: that of the list only lists."""

    http_method_names = ["post", "options"]

    def create_row(self, values: dict[str, Any]) -> WaterRestriction:
        """Begin a restriction."""
        terms = services.RestrictionTerms(
            values.get("reference_weight"), values.get("end_time"), values.get("water_type")
        )
        return services.restrict_water(values["subject"], by=self.user, start=values.get("start_time"), terms=terms)


class SessionViewSet(WireViewSet):
    """Sessions, by uuid."""

    model = Session
    serializer_class = serializers.SessionListSerializer
    detail_serializer_class = serializers.SessionDetailSerializer
    filterset_class = filters.SessionFilter

    def rows(self) -> Any:
        """Return sessions with what a list or one answer shows."""
        return selectors.listed_sessions() if self.action == "list" else selectors.detailed_sessions(self.request.user)

    def complete(self, rows: Sequence[Any]) -> None:
        """Add the notes on a session where one is shown."""
        if self.action != "list" and self.wants("notes"):
            found = selectors.notes_on_sessions(rows, self.user)
            for session in rows:
                session.notes = found[session.pk]

    def create_row(self, values: dict[str, Any]) -> Session:
        """Record a session."""
        return services.register_session(values, by=self.user)

    def change_row(self, row: Session, values: dict[str, Any]) -> Session:
        """Change a session."""
        return services.change_session(row, values, by=self.user)

    def perform_destroy(self, instance: Any) -> None:
        """Delete a session."""
        services.delete_session(instance, by=self.user)
