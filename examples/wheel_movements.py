"""The movements in a trace of the wheel: when each begins, which way it goes, and how far."""

from bregma.brainbox import find_wheel_movements
from bregma.one import ONE
from bregma.plots import plot_wheel
from bregma.sessions import SessionLoader

one = ONE()
eid = one.search(subject="ZM_335")[0]
raw = one.load_object(eid, "wheel")
movements = find_wheel_movements(raw["timestamps"], raw["position"])

start = movements.onsets[100] - 1
axes = plot_wheel(SessionLoader(one, eid).wheel, movements, window=(start, start + 20))
axes.legend(frameon=False)
axes.set_title(f"{movements.onsets.size} movements in {one.eid2ref(eid, as_dict=False)}")
axes.figure.savefig("wheel_movements.png", dpi=150)
