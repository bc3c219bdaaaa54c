"""The brain as flat maps: the cortex from above, and the whole brain unrolled."""

from matplotlib.figure import Figure

from bregma.atlas import example_atlas, map_dorsal_cortex, map_pyramid
from bregma.plots import plot_flatmap

atlas = example_atlas()
figure = Figure(figsize=(10, 5), layout="constrained")
cortex_axes, pyramid_axes = figure.subplots(1, 2)
plot_flatmap(map_dorsal_cortex(atlas), ax=cortex_axes)
plot_flatmap(map_pyramid(atlas, n=4), ax=pyramid_axes)
cortex_axes.set_title("Dorsal cortex")
pyramid_axes.set_title("Unrolled along four ellipses, the innermost on top")
figure.savefig("flat_maps.png", dpi=130)
