"""Sessions that this mouse could have had: a null distribution for whatever seems to follow the blocks."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import compute_performance, find_blocks, generate_pseudo_sessions
from bregma.one import ONE
from bregma.plots import plot_pseudo_blocks
from bregma.sessions import SessionLoader

one = ONE()
trials = SessionLoader(one, one.search(subject="SWC_054", task_protocol="biased")[0]).load_trials()
pseudo = generate_pseudo_sessions(trials, n_sessions=200, zero_weight=1, rng=1)
lengths = np.concatenate([find_blocks(p).n_trials[1:-1] for p in pseudo.probability_left])
performance = [compute_performance(pseudo.trials(number)) for number in range(200)]

figure = Figure(figsize=(12, 4), layout="constrained")
image, blocks, null = figure.subplots(1, 3, width_ratios=(1.6, 1, 1))
shown = np.vstack([trials["probabilityLeft"], pseudo.probability_left[:19]])
plot_pseudo_blocks(shown, ax=image, first_is_real=True)
blocks.hist(lengths, bins=np.arange(20, 105, 5), color="0.5")
blocks.set(xlabel="Length of a block (trials)", ylabel="Blocks")
null.hist(performance, bins=20, color="0.5")
null.axvline(compute_performance(trials), color="black", linestyle="--")
null.set(xlabel="Performance (fraction; dashed: real)", ylabel="Pseudosessions")
figure.savefig("pseudo_sessions.png", dpi=150)
