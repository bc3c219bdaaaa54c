"""Addresses of the notebook."""

from __future__ import annotations

urlpatterns: list[object] = []
