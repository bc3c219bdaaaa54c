"""The first movement of the wheel in each trial: where the wheel goes, and how long after the cue it begins to."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import align_signal, find_first_movements, find_wheel_movements, subtract_baseline
from bregma.one import ONE
from bregma.plots import plot_event_traces
from bregma.sessions import SessionLoader

one = ONE()
session = SessionLoader(one, one.search(subject="ZM_335")[0])
trials, wheel, raw = session.trials, session.wheel, one.load_object(session.eid, "wheel")
cues = trials["goCueTrigger_times"].to_numpy()
first = find_first_movements(find_wheel_movements(raw["timestamps"], raw["position"]), cues, trials["feedback_times"])
moved = subtract_baseline(align_signal(wheel["times"], wheel["position"], first.times, (-0.1, 0.4)), (-0.1, 0.0))
sides = np.select([trials["choice"] == 1, trials["choice"] == -1], ["left", "right"], "")

figure = Figure(figsize=(11, 4), layout="constrained")
traces, times = figure.subplots(1, 2)
plot_event_traces(moved, sides, ax=traces, event="first movement", ylabel="Wheel turned (rad)")
times.hist(first.times - cues, bins=np.arange(-1, 31), color="0.5")
times.set(xlabel="First movement after the go cue (s)", ylabel="Trials")
figure.savefig("first_movements.png", dpi=150)
