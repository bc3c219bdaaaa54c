"""Asks the policy whether a request may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission

from bregma.alyx import policy

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class PolicyPermission(BasePermission):
    """Deny by default: reading is for accounts, writing for members whom the policy lets."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Judge the request before any row is known."""
        user: Any = request.user
        if not user or not user.is_authenticated or not user.is_active:
            return False
        if request.method in SAFE_METHODS:
            return True
        model = getattr(view, "model", None)
        if request.method == "POST" and model is not None:
            return policy.may_add(user, model)
        return policy.may_change_some(user, model)

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        """Judge the request on one row; what may not be read was not found before."""
        user: Any = request.user
        return request.method in SAFE_METHODS or policy.may_write(user, obj)
