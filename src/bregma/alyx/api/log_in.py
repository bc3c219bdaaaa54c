"""Endpoints that give a token for a password, and say whose token it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx.access.second_factor import SECOND_FACTOR_MISSING, has_second_factor
from bregma.alyx.api.throttles import LogInThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request


class TokenSerializer(serializers.Serializer[Any]):
    """The answer to a right password."""

    token = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """Who asks."""

    username = serializers.CharField()
    email = serializers.CharField()
    id = serializers.UUIDField()


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class TokenView(APIView):
    """Give a token for a name and password; few attempts per minute and address."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LogInThrottle,)

    @extend_schema(request=AuthTokenSerializer, responses=TokenSerializer, operation_id="auth_token_create")
    def post(self, request: Request) -> Response:
        """Check a name and password."""
        asked = AuthTokenSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        user = asked.validated_data["user"]
        if has_second_factor(user):
            raise serializers.ValidationError({"non_field_errors": [SECOND_FACTOR_MISSING]})
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})


class MeView(APIView):
    """Say whose token or session this is."""

    @extend_schema(responses=MeSerializer, operation_id="me_read")
    def get(self, request: Request) -> Response:
        """Return the account that asks."""
        return Response(MeSerializer(request.user).data)
