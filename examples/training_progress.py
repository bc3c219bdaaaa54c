"""A mouse's training from session to session, and what its last three days lack for the next status."""

from matplotlib.figure import Figure

from bregma.brainbox import SessionTrials, compute_performance_easy, compute_training_status, judge_training
from bregma.one import ONE
from bregma.plots import plot_training, plot_training_report
from bregma.sessions import SessionLoader

one = ONE()
eids, details = one.search(subject="SWC_054", datasets="_ibl_trials.table.pqt", details=True)
sessions = [
    SessionTrials(of["date"], of["task_protocol"], SessionLoader(one, eid).trials)
    for eid, of in sorted(zip(eids, details, strict=True), key=lambda found: found[1]["date"])
]
dates = [session.date for session in sessions]
performance = [compute_performance_easy(session.trials) for session in sessions]

figure = Figure(figsize=(11, 10), layout="constrained")
above, below = figure.subfigures(2, 1, height_ratios=(1, 1.3))
plot_training(dates, performance, compute_training_status(sessions), ax=above.subplots())
plot_training_report(judge_training(sessions), figure=below)
figure.savefig("training_progress.png", dpi=150)
