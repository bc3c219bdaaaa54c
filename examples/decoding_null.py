"""Do a mouse's last choices tell the block? More than they would in sessions that could have been."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from bregma.brainbox import classify, generate_pseudo_sessions, sigtest_targets
from bregma.one import ONE
from bregma.plots import plot_null
from bregma.sessions import SessionLoader

one = ONE()
trials = SessionLoader(one, one.search(subject="SWC_054", task_protocol="biased")[0]).load_trials()
choices = np.stack([np.roll(trials["choice"], shift) for shift in range(1, 6)], axis=1)[90:]


def score(activity: np.ndarray, left: np.ndarray) -> float:
    """Return how well the block is decoded."""
    return classify(activity, left, LogisticRegression(solver="newton-cholesky"), cross_validation=5).balanced_accuracy


blocks = trials["probabilityLeft"].to_numpy()[90:] > 0.5
pseudo = generate_pseudo_sessions(trials, n_sessions=40, rng=1).probability_left[:, 90:] > 0.5
axes = plot_null(sigtest_targets(choices, blocks, score, pseudo), score="Balanced accuracy (5 last choices)")
axes.set_title("The block, decoded from the mouse's last choices")
axes.figure.savefig("decoding_null.png", dpi=150)
