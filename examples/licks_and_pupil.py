"""Licks and pupil around feedback. The demo lab has no video: the camera is simulated, the trials are real."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import LEFT_CAMERA, align_counts, align_raster, align_signal, smooth_pupil_diameter
from bregma.one import ONE
from bregma.plots import plot_event_averages, plot_raster
from bregma.sessions import SessionLoader

one = ONE()
trials = SessionLoader(one, one.search(subject="ZM_335")[0]).load_trials().iloc[:100]
feedback, correct = trials["feedback_times"].to_numpy(), (trials["feedbackType"] > 0).to_numpy()
rng = np.random.default_rng(1)
times = np.arange(feedback[0] - 10, feedback[-1] + 10, 1 / LEFT_CAMERA.frequency)
rewarded = feedback[correct, None] + 0.15 * np.arange(1, 12) + rng.normal(0, 0.05, (correct.sum(), 11))
licks = np.sort(np.concatenate([rewarded.ravel(), rng.uniform(times[0], times[-1], 500)]))
pupil = 30 + 4 * np.exp(-(((times[:, None] - feedback[~correct] - 0.8) / 0.4) ** 2)).sum(axis=1)
pupil = smooth_pupil_diameter(pupil + rng.normal(0, 1, times.size), LEFT_CAMERA)

groups = np.where(correct, "correct", "incorrect")
figure = Figure(figsize=(13, 4), layout="constrained")
raster, rate, size = figure.subplots(1, 3)
plot_raster(align_raster(licks, feedback, (-0.5, 2.0)), groups=groups, ax=raster)
raster.set(xlabel="Time from feedback (s)", ylabel="Trial (sorted)")
counts = align_counts(licks, feedback, (-0.5, 2.0), 0.1, weights=np.full(licks.size, 1 / 0.1))
plot_event_averages(counts, groups, ax=rate, event="feedback", ylabel="Licks (1/s)")
around = align_signal(times, pupil, feedback, (-0.5, 2.0))
plot_event_averages(around, groups, ax=size, event="feedback", ylabel="Pupil diameter (px)")
figure.savefig("licks_and_pupil.png", dpi=150)
