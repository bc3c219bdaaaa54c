"""Endpoints of water control: the days of one subject, and all subjects whose water is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.dateparse import parse_date
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx import policy
from bregma.alyx.errors import AmbiguousName, InvalidRequest
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects import selectors
from bregma.alyx.subjects.api import SubjectViewSet
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.serializers import SubjectListSerializer
from bregma.alyx.subjects.water import load_water_of

if TYPE_CHECKING:
    from datetime import date

    from rest_framework.request import Request

MOST_DAYS = 3660


class RestrictedSubjectSerializer(SubjectListSerializer):
    """A subject whose water is measured, with what it should drink today."""

    reference_weight_pct = serializers.FloatField(source="lab.reference_weight_pct", read_only=True)
    zscore_weight_pct = serializers.FloatField(source="lab.zscore_weight_pct", read_only=True)

    class Meta(SubjectListSerializer.Meta):
        fields = [
            *("nickname", "url", "expected_water", "remaining_water", "reference_weight", "last_water_restriction"),
            *("reference_weight_pct", "zscore_weight_pct"),
        ]


class WaterRestrictedViewSet(SubjectViewSet):
    """Living subjects whose water is measured."""

    filterset_class = None  # type: ignore[assignment] # old clients know no filters here
    http_method_names = ["get", "head", "options"]

    def get_serializer_class(self) -> Any:
        """Show what concerns water only."""
        return RestrictedSubjectSerializer

    def rows(self) -> Any:
        """Return the subjects with an open restriction."""
        return super().rows().filter(selectors.water_restricted(), selectors.living())


class WaterRequirementView(APIView):
    """What one subject weighed, drank, and should have, on each day."""

    @extend_schema(
        parameters=[OpenApiParameter("start_date", str), OpenApiParameter("end_date", str)],
        responses={200: dict[str, Any]},
    )
    def get(self, request: Request, nickname: str) -> Response:
        """Answer the days from the first entry, or ``start_date``, until today or death, or ``end_date``."""
        subject = _find(request, nickname)
        water = load_water_of(subject)
        first, last = _day(request, "start_date"), _day(request, "end_date")
        if first and ((last or lab_today(subject.lab)) - first).days > MOST_DAYS:
            raise InvalidRequest(f"start_date {first} is more than {MOST_DAYS} days before the end; ask for fewer days")
        return Response(
            {
                "subject": subject.nickname,
                "implant_weight": water.reference_implant_weight(first),
                "reference_weight_pct": subject.lab.reference_weight_pct,
                "zscore_weight_pct": subject.lab.zscore_weight_pct,
                "records": water.to_jsonable(first, last),
            }
        )


def _find(request: Request, nickname: str) -> Subject:
    subjects = policy.readable(request.user, Subject.objects.select_related("lab"))
    found = list(subjects.filter(nickname=nickname)[:2])
    if not found:
        raise Http404("No Subject matches the given query.")
    if len(found) > 1:
        raise AmbiguousName(f"several subjects are called {nickname!r}; rename all but one")
    return found[0]


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1900 < day.year < 9999:
        raise InvalidRequest(f"{name}={text!r} is no date; write it as 2024-01-31")
    return day
