"""The forms of probe insertions and trajectories, with the ranges explained."""

from __future__ import annotations

from typing import Any

from django import forms

from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.notebook.insertions.services import COORDINATES
from bregma.alyx.notebook.sessions.forms import RowForm


class CoordinatesForm(forms.Form):
    """Where a probe enters the brain, and how it goes down."""

    x = forms.FloatField(label="x, to the right (µm)", help_text="From bregma; the left hemisphere is negative.")
    y = forms.FloatField(label="y, to the front (µm)", help_text="From bregma; behind it is negative.")
    z = forms.FloatField(
        label="z, up (µm)", required=False, help_text="From bregma. 0 or empty if the depth counts from the surface."
    )
    depth = forms.FloatField(label="Depth along the probe (µm)", min_value=0, help_text="From the surface to the tip.")
    theta = forms.FloatField(
        label="θ, polar angle (°)",
        min_value=0,
        max_value=180,
        help_text="From 0 to 180; 0 is straight down, 15 leans by 15 degrees.",
    )
    phi = forms.FloatField(
        label="φ, azimuth (°)",
        min_value=-180,
        max_value=360,
        help_text="From −180 to 360: the side it comes from. 0 from the right, 90 from the front, 180 from the left.",
    )
    roll = forms.FloatField(
        label="Roll (°)", min_value=0, max_value=360, required=False, help_text="From 0 to 360, about its own axis."
    )

    def coordinates(self) -> dict[str, Any]:
        """Return the numbers that were entered."""
        return {name: self.cleaned_data.get(name) for name in COORDINATES}


class InsertionForm(RowForm):
    """A probe of a session."""

    class Meta:
        model = ProbeInsertion
        fields = ("name", "model", "serial")
        help_texts = {
            "name": "Such as probe00: the folder of its files.",
            "serial": "Engraved on the probe; it tells apart probes of one model.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
