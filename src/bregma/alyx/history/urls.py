"""Addresses of the history of rows."""

from __future__ import annotations

urlpatterns: list[object] = []
