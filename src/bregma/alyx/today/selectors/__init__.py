"""Reads the work of a day, in a constant number of queries."""

from __future__ import annotations

from bregma.alyx.today.selectors.choice import Choice, Scope
from bregma.alyx.today.selectors.day import Day, load_day
from bregma.alyx.today.selectors.mouse import Mouse, load_mouse

__all__ = ["Choice", "Day", "Mouse", "Scope", "load_day", "load_mouse"]
