"""Endpoints of people, labs and places."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from rest_framework import serializers

from bregma.alyx import policy
from bregma.alyx.accounts import create_user
from bregma.alyx.api.filters import by_columns
from bregma.alyx.api.serializers import WireSerializer, by_name
from bregma.alyx.api.views import NamedViewSet, WireViewSet
from bregma.alyx.data.models import DataRepository
from bregma.alyx.installation import WORKER
from bregma.alyx.misc.days import lab_today
from bregma.alyx.misc.models import Lab, LabLocation, LabMember
from bregma.alyx.misc.services import change_member, delete_lab, delete_member

SECRETS = ("password",)


class KnownPersonField(serializers.SlugRelatedField[LabMember]):
    """An account that the person who asks may see."""

    def get_queryset(self) -> Any:
        """Return the accounts that may be named."""
        return policy.readable(self.context["request"].user, LabMember.objects.all())


class UserSerializer(WireSerializer[LabMember]):
    """An account, without its secrets."""

    subjects_responsible = by_name(LabMember, "nickname", read_only=True, many=True)
    lab = serializers.SerializerMethodField()
    allowed_users = KnownPersonField(slug_field="username", queryset=LabMember.objects.all(), many=True, required=False)

    class Meta:
        model = LabMember
        fields = ["id", "username", "email", "subjects_responsible", "lab", "allowed_users", "is_stock_manager"]
        extra_kwargs = {"username": {"validators": [UnicodeUsernameValidator()]}}

    def validate_username(self, name: str) -> str:
        """Refuse a name that is taken; whoever may not rename is told that, and not who else is here."""
        others = LabMember.objects.filter(username=name)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if self.context["request"].user.is_superuser and others.exists():
            raise serializers.ValidationError("A user with that username already exists.", code="unique")
        return name

    def get_lab(self, member: LabMember) -> list[str]:
        """List the labs in which the person works today."""
        places = member.labmembership_set.all()
        return [place.lab.name for place in places if place.is_open(lab_today(place.lab))]


class UserViewSet(WireViewSet):
    """Accounts, by username."""

    model = LabMember
    serializer_class = UserSerializer
    filterset_class = by_columns(LabMember, leave_out=SECRETS)
    gathered = ("subjects_responsible", "allowed_users", "labmembership_set__lab")
    lookup_field = "username"

    def rows(self) -> Any:
        """Return accounts with their subjects, labs and delegates; lists are of people, without the program's own."""
        rows = LabMember.objects.prefetch_related("subjects_responsible", "allowed_users", "labmembership_set__lab")
        return rows.exclude(username=WORKER) if self.action == "list" else rows

    def create_row(self, values: dict[str, Any]) -> LabMember:
        """Make an account without a password."""
        member = create_user(
            values["username"],
            None,
            email=values.get("email", ""),
            stock_manager=values.get("is_stock_manager", False),
        )
        member.allowed_users.set(values.get("allowed_users", []))
        return member

    def change_row(self, row: LabMember, values: dict[str, Any]) -> LabMember:
        """Change an account."""
        return change_member(row, values, by=self.user)

    def perform_destroy(self, instance: Any) -> None:
        """Delete an account."""
        delete_member(instance, by=self.user)


class LabSerializer(WireSerializer[Lab]):
    """A laboratory."""

    repositories = by_name(DataRepository, many=True, required=False)

    class Meta:
        model = Lab
        fields = ["name", "institution", "address", "timezone", "repositories"]
        fields += ["reference_weight_pct", "zscore_weight_pct", "json"]


class LabViewSet(NamedViewSet):
    """Labs, by name."""

    model = Lab
    serializer_class = LabSerializer
    filterset_class = by_columns(Lab)
    gathered = ("repositories",)

    def perform_destroy(self, instance: Any) -> None:
        """Delete a lab."""
        delete_lab(instance, by=self.user)


class LocationSerializer(WireSerializer[LabLocation]):
    """A room or rig."""

    lab = by_name(Lab, required=False)

    class Meta:
        model = LabLocation
        fields = ["name", "lab", "json"]


class LocationViewSet(NamedViewSet):
    """Rooms and rigs, by name."""

    model = LabLocation
    serializer_class = LocationSerializer
    joined = ("lab",)
    http_method_names = ["get", "put", "patch", "head", "options"]
