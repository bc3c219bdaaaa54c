"""How regularly units fire: the variation of intervals, against a Poisson process, which has 1."""

from matplotlib.figure import Figure

from bregma.brainbox import compute_firing_statistics
from bregma.one import ONE
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

statistics = compute_firing_statistics(spikes["times"], spikes["clusters"])
axes = Figure(layout="constrained").subplots()
axes.plot(statistics.rate, statistics.cv, "o", color="0.7", label="CV: all changes of rate")
axes.plot(statistics.rate, statistics.cv2, "D", markersize=4, label="CV2: neighbouring intervals only")
axes.axhline(1, color="black", linestyle=":")
axes.set(xscale="log", yscale="log", xlabel="Rate (Hz)", ylabel="Variation of intervals", title="289 units")
axes.legend()
axes.figure.savefig("firing_regularity.png", dpi=150)
