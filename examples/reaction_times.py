"""How fast the mouse answers: by contrast and block, and as the session goes on."""

from matplotlib.figure import Figure

from bregma.brainbox import compute_reaction_times, compute_session_course
from bregma.one import ONE
from bregma.plots import plot_reaction_times, plot_reaction_times_over_trials
from bregma.sessions import SessionLoader

one = ONE()
trials = SessionLoader(one, one.search(subject="SWC_054", task_protocol="biased")[0]).load_trials()

figure = Figure(figsize=(11, 4), layout="constrained")
by_contrast, over_trials = figure.subplots(1, 2)
for block in (0.2, 0.8):
    plot_reaction_times(compute_reaction_times(trials, block, confidence=0.95), ax=by_contrast)
by_contrast.legend(frameon=False)
plot_reaction_times_over_trials(compute_session_course(trials), ax=over_trials)
over_trials.legend(frameon=False)
figure.savefig("reaction_times.png", dpi=150)
