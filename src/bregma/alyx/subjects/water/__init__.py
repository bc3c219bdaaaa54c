"""What subjects should weigh and drink, by the formulae of Alyx.

May import: actions' models, misc.
Read first: control.py (the formulae), loader.py (many subjects in a constant number of queries).
"""

from __future__ import annotations

from bregma.alyx.subjects.water.control import WaterControl, WeightStatus
from bregma.alyx.subjects.water.facts import Drink, Point, Restriction, Shares, WaterFacts
from bregma.alyx.subjects.water.growth import Growth, growth_at
from bregma.alyx.subjects.water.loader import load_water, load_water_of, load_water_today, shares_of

__all__ = [
    "Drink",
    "Growth",
    "Point",
    "Restriction",
    "Shares",
    "WaterControl",
    "WaterFacts",
    "WeightStatus",
    "growth_at",
    "load_water",
    "load_water_of",
    "load_water_today",
    "shares_of",
]
