"""Is the video on the clock of the wheel? The wheel is real; the demo lab has no video, so its paws are simulated."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import align_camera_to_wheel, compute_motion_energy
from bregma.one import ONE
from bregma.plots import plot_camera_lag, plot_motion_energy
from bregma.sessions import SessionLoader

one = ONE()
session = SessionLoader(one, one.search(subject="ZM_335")[0])
wheel, start = session.wheel, session.trials["stimOn_times"][50]
times = np.arange(start, start + 40, 1 / 60)
late = np.interp(times - 5 / 60, wheel["times"], wheel["position"])
stripes = np.arange(64)[None, :] / 4 + np.zeros((48, 1))
video = np.array([(127 + 120 * np.sin(stripes + 31 * angle)).astype(np.uint8) for angle in late])
motion = compute_motion_energy(video)

figure = Figure(figsize=(11, 4), layout="constrained")
energy, lag = figure.subplots(1, 2, width_ratios=(2, 1))
plot_motion_energy(times, motion, ax=energy)
plot_camera_lag(align_camera_to_wheel(motion, times, wheel, max_lag=40), ax=lag)
figure.savefig("motion_energy.png", dpi=150)
