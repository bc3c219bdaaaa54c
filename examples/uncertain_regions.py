"""Histology is a fifth of a millimetre wrong: which region may each channel be in?"""

import numpy as np
from matplotlib.figure import Figure

from bregma.atlas import Insertion, example_atlas, find_nearby_regions

atlas = example_atlas()
probe = Insertion(x=-0.0022, y=-0.0020, z=-0.0001, phi=180, theta=15, depth=0.0045)
depths = np.arange(0, 3840, 60) * 1e-6
near = find_nearby_regions(atlas, probe.channel_positions(depths), radius=2e-4, mapping="Beryl")

axes = Figure(figsize=(5, 6), layout="constrained").subplots()
shares = np.zeros((len(near.regions), len(depths)))
shares[near.rows, near.points] = near.fractions
left = np.zeros(len(depths))
for row in np.flatnonzero(shares.max(axis=1) > 0.25):
    axes.barh(depths * 1e3, shares[row], 0.061, left, color=near.regions.rgb[row] / 255)
    likeliest = shares[row].argmax()
    axes.text(left[likeliest] + 0.02, depths[likeliest] * 1e3, near.regions.acronyms[row], va="center")
    left += shares[row]
axes.set(xlabel="Share of the brain within 0.2 mm", ylabel="From the tip (mm)", xlim=(0, 1), title=atlas.name)
axes.figure.savefig("uncertain_regions.png", dpi=150)
