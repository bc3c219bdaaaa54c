"""Endpoints by which a program gets a token after a person has approved its code in a browser (as in RFC 8628)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx.access import devices
from bregma.alyx.api.log_in import TokenSerializer
from bregma.alyx.api.throttles import AddressThrottle, LogInThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request


class DeviceRequestSerializer(serializers.Serializer[Any]):
    """What a program says of itself."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=80, help_text="Such as its machine")


class DeviceCodesSerializer(serializers.Serializer[Any]):
    """The codes, and where a person approves them."""

    device_code = serializers.CharField(help_text="Kept by the program")
    user_code = serializers.CharField(help_text="Shown to the person")
    verification_uri = serializers.CharField()
    verification_uri_complete = serializers.CharField(help_text="The same address with the code in it")
    expires_in = serializers.IntegerField(help_text="Seconds")
    interval = serializers.IntegerField(help_text="Seconds between two questions for the token")


class DevicePollSerializer(serializers.Serializer[Any]):
    """The code that the program kept."""

    device_code = serializers.CharField(max_length=200)


class DeviceRefusalSerializer(serializers.Serializer[Any]):
    """Why there is no token."""

    error = serializers.ChoiceField(choices=[answer.value for answer in devices.Answer])


class DeviceView(APIView):
    """Begin to sign a program in by a browser; few per minute and address."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LogInThrottle,)

    @extend_schema(request=DeviceRequestSerializer, responses=DeviceCodesSerializer, operation_id="auth_device_create")
    def post(self, request: Request) -> Response:
        """Make the codes."""
        asked = DeviceRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        device_code, user_code = devices.begin(
            asked.validated_data.get("name", ""), address=request.META.get("REMOTE_ADDR")
        )
        page = request.build_absolute_uri(reverse("connect"))
        answer = {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={user_code}",
            "expires_in": int(devices.LASTS.total_seconds()),
            "interval": int(devices.INTERVAL.total_seconds()),
        }
        return Response(answer, headers={"Cache-Control": "no-store"})


class DeviceTokenView(APIView):
    """Give the token of an approved code, once."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AddressThrottle,)

    @extend_schema(
        request=DevicePollSerializer,
        responses={200: TokenSerializer, 400: DeviceRefusalSerializer},
        operation_id="auth_device_token_create",
    )
    def post(self, request: Request) -> Response:
        """Ask for the token."""
        asked = DevicePollSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        answer = devices.redeem(asked.validated_data["device_code"])
        if isinstance(answer, devices.Answer):
            return Response({"error": answer.value}, status=400)
        return Response({"token": answer}, headers={"Cache-Control": "no-store"})
