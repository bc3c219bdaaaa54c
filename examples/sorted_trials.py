"""Trials in an order that tells something: the speed of the wheel, by side and outcome, the fastest answers first."""

import numpy as np

from bregma.brainbox import align_signal, find_trial_ids, reaction_times, select_trials
from bregma.one import ONE
from bregma.plots import plot_event_image
from bregma.sessions import SessionLoader

one = ONE()
session = SessionLoader(one, one.search(subject="ZM_335")[0])
trials, wheel = session.trials, session.wheel

answered = select_trials(trials, event="stimOn_times") & (trials["choice"] != 0).to_numpy()
order = find_trial_ids(trials, answered, sort="choice and side", order_by=reaction_times(trials))
speed = align_signal(wheel["times"], np.abs(wheel["velocity"]), trials["stimOn_times"], (-0.5, 5.0), step=0.02)
axes = plot_event_image(speed, order, event="stimulus", label="Speed of the wheel (rad/s)", cmap="cividis")
axes.plot(reaction_times(trials)[order.trial_ids], np.arange(order.trial_ids.size), "w.", markersize=2)
axes.set(xlim=(-0.5, 4.9), title=one.eid2ref(session.eid, as_dict=False))
axes.figure.savefig("sorted_trials.png", dpi=150)
