"""The slice that a tilted probe lies in, as a figure: regions, their borders, and the probe."""

from matplotlib.figure import Figure

from bregma.atlas import Insertion, Plane, example_atlas
from bregma.plots import plot_atlas_slice

atlas = example_atlas()
probe = Insertion(x=-0.0022, y=-0.0020, z=-0.0001, phi=180, theta=15, depth=0.0045)
plane = Plane.along(atlas.grid, probe.trajectory)
axes = Figure(figsize=(7, 5), layout="constrained").subplots()
plot_atlas_slice(atlas, plane, mapping="Beryl", ax=axes)
axes.plot(*(plane.project(probe.xyz) * 1e3).T, color="red", linewidth=2)
axes.set_title(atlas.name)
axes.figure.savefig("slice_along_a_probe.png", dpi=150)
