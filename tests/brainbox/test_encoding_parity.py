"""Bases, design matrices, fits and the selection of covariates, beside those of the package neurencoding."""

from typing import Any

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    Boxcar,
    DesignMatrix,
    EventKernel,
    LinearGLM,
    PoissonGLM,
    Signal,
    TrialValue,
    build_design,
    compute_kernels,
    count_in_trials,
    log_raised_cosine_basis,
    raised_cosine_basis,
    select_covariates,
)

pytestmark = pytest.mark.peer

BIN = 0.02
BASES = """
import numpy as np
from neurencoding import utils
bins = lambda t: np.ceil(np.round(t / 0.02, 6)).astype(int)
result = [utils.raised_cosine(0.4, 5, bins), utils.full_rcos(0.4, 6, bins), utils.full_rcos(0.6, 8, bins, n_before=2),
          utils.nonlinear_rcos(0.6, 5, 0.08, bins)]
"""

MODEL = """
import numpy as np, pandas as pd, warnings
warnings.simplefilter("ignore")
import numpy.matlib
from neurencoding import utils
from neurencoding.design_matrix import DesignMatrix
from neurencoding.linear import LinearGLM
from neurencoding.poisson import PoissonGLM
bins = lambda t: np.ceil(np.round(t / 0.02, 6)).astype(int)
trials = pd.DataFrame({"trial_start": starts, "trial_end": stops, "stim": stim, "move": move, "contrast": contrast})
trials["speed"] = pd.Series(speed)
trials["prior"] = pd.Series([np.full(len(one), value) for one, value in zip(speed, contrast)])
kinds = {"trial_start": "timing", "trial_end": "timing", "stim": "timing", "move": "timing", "contrast": "value",
         "speed": "continuous", "prior": "continuous"}
design = DesignMatrix(trials, kinds, 0.02)
design.add_covariate_timing("stim", "stim", utils.raised_cosine(0.4, 5, bins), deltaval="contrast")
design.add_covariate_timing("move", "move", utils.nonlinear_rcos(0.2, 4, 0.06, bins), offset=-0.1)
design.add_covariate_boxcar("period", "stim", "move")
design.add_covariate_raw("speed", "speed")
design.add_covariate_raw("prior", "prior")
design.compile_design_matrix()
linear = LinearGLM(design, spikes, units, 0.02, mintrials=10)
linear.fit(train_idx=train, printcond=False)
kernels = linear.combine_weights()
poisson = PoissonGLM(design, spikes, units, 0.02, mintrials=10, alpha=1e-3)
poisson.estimator.set_params(tol=1e-9, solver="newton-cholesky")
poisson.fit(train_idx=train, printcond=False)
result = {
    "matrix": design.dm, "trial": design.trlabels.ravel(), "counts": linear.binnedspikes, "units": linear.clu_ids,
    "linear": np.stack(linear.coefs.to_list()), "intercepts": linear.intercepts.to_numpy(float),
    "r2": linear.score().to_numpy(float), "kernel": kernels["stim"].to_numpy(float),
    "poisson": np.stack(poisson.coefs.to_list()), "deviance": poisson.score().to_numpy(float),
}
"""

# Its selector fails on covariates of one column.
SELECTION = """
import numpy as np, pandas as pd
from neurencoding import utils
from neurencoding.design_matrix import DesignMatrix
from neurencoding.linear import LinearGLM
bins = lambda t: np.ceil(np.round(t / 0.02, 6)).astype(int)
trials = pd.DataFrame({"trial_start": starts, "trial_end": stops, "stim": stim, "move": move, "sham": sham})
design = DesignMatrix(trials, dict.fromkeys(trials, "timing"), 0.02)
for name, n_bases in (("sham", 3), ("stim", 5), ("move", 4)):
    design.add_covariate_timing(name, name, utils.raised_cosine(0.4, n_bases, bins))
design.compile_design_matrix()
selector = utils.SequentialSelector(LinearGLM(design, spikes, units, 0.02, mintrials=10))
selector.fit(train_idx=train)
result = {
    "order": selector.sequences_.to_numpy().tolist(), "test": selector.scores_test_.to_numpy(float),
    "train": selector.scores_train_.to_numpy(float), "gain": selector.deltas_test_["move"].to_numpy(float),
}
"""


def simulate() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    starts = np.round(np.cumsum(rng.uniform(2, 3, 80)), 4)
    lengths = rng.uniform(1.2, 1.8, 80)
    stim, move = starts + rng.uniform(0.2, 0.4, 80), starts + rng.uniform(0.6, 0.9, 80)
    base = rng.uniform(starts[0], starts[-1] + 2, 12_000)
    evoked = np.repeat(stim, 12) + rng.uniform(0, 0.3, 80 * 12)
    spikes = np.concatenate([base, evoked])
    units = np.concatenate([rng.choice([2, 5, 6, 11], base.size), np.full(evoked.size, 5)])
    order = np.argsort(spikes)
    return {
        "starts": starts,
        "stops": starts + lengths,
        "stim": stim,
        "move": move,
        "contrast": rng.choice([0.25, 0.5, 1], 80),
        "speed": [rng.normal(size=int(np.ceil(length / BIN))) for length in lengths],
        "spikes": spikes[order],
        "units": units[order],
        "train": np.arange(0, 80, 2),
    }


def build(given: dict[str, Any]) -> DesignMatrix:
    trials = np.stack([given["starts"], given["stops"]], axis=1)
    stim = raised_cosine_basis((0, 0.4), 5, bin_size=BIN)
    move = log_raised_cosine_basis((-0.1, 0.1), 4, bin_size=BIN, offset=0.06)
    return build_design(
        trials,
        [
            EventKernel("stim", given["stim"], stim, values=given["contrast"]),
            EventKernel("move", given["move"], move),
            Boxcar("period", given["stim"], given["move"], published=True),
            Signal("speed", build_design(trials, []).times, np.concatenate(given["speed"])),
            TrialValue("prior", given["contrast"]),
        ],
    )


def test_bases_are_those_of_neurencoding(reference: Reference) -> None:
    ours = [
        raised_cosine_basis((0, 0.4), 5, bin_size=BIN),
        raised_cosine_basis((0, 0.4), 6, bin_size=BIN, n_before=1),
        raised_cosine_basis((0, 0.6), 8, bin_size=BIN, n_before=2),
        log_raised_cosine_basis((0, 0.6), 5, bin_size=BIN, offset=0.08),
    ]
    for found, expected in zip(ours, reference(BASES), strict=True):
        np.testing.assert_allclose(found.functions, expected[:, : found.n_bases], atol=1e-12)


def test_designs_counts_and_fits_are_those_of_neurencoding(reference: Reference) -> None:
    given = simulate()
    expected = reference(MODEL, **given)
    design = build(given)
    np.testing.assert_allclose(design.matrix, expected["matrix"], atol=1e-12)
    np.testing.assert_array_equal(design.trial, expected["trial"])
    counts = count_in_trials(design, given["spikes"], given["units"])
    np.testing.assert_array_equal(counts.cluster_ids, expected["units"])
    np.testing.assert_array_equal(counts.counts, expected["counts"])
    train = np.isin(design.trial, given["train"])
    linear = LinearGLM().fit(design.matrix[train], counts.counts[train])
    np.testing.assert_allclose(linear.coef_, expected["linear"], atol=1e-9)
    np.testing.assert_allclose(linear.intercept_, expected["intercepts"], atol=1e-9)
    scores = linear.score_units(design.matrix[~train], counts.counts[~train])
    np.testing.assert_allclose(scores, expected["r2"], atol=1e-9)
    kernels = compute_kernels(linear, design, counts.cluster_ids)
    np.testing.assert_allclose(kernels["stim"].weight, expected["kernel"], atol=1e-9)
    poisson = PoissonGLM(alpha=1e-3).fit(design.matrix[train], counts.counts[train])
    np.testing.assert_allclose(poisson.coef_, expected["poisson"], atol=1e-4)
    deviance = poisson.score_units(design.matrix[~train], counts.counts[~train])
    np.testing.assert_allclose(deviance, expected["deviance"], atol=1e-6)


def test_covariates_are_selected_in_the_order_of_neurencoding(reference: Reference) -> None:
    given = simulate()
    given["sham"] = given["starts"] + 0.7
    expected = reference(SELECTION, **given)
    trials = np.stack([given["starts"], given["stops"]], axis=1)
    kinds = {"sham": 3, "stim": 5, "move": 4}
    bases = {name: raised_cosine_basis((0, 0.4), n_bases, bin_size=BIN) for name, n_bases in kinds.items()}
    design = build_design(trials, [EventKernel(name, given[name], basis) for name, basis in bases.items()])
    counts = count_in_trials(design, given["spikes"], given["units"])
    found = select_covariates(LinearGLM(), design, counts, given["train"])
    np.testing.assert_array_equal(found.order, expected["order"])
    np.testing.assert_allclose(found.train, expected["train"], atol=1e-9)
    np.testing.assert_allclose(found.test, expected["test"], atol=1e-9)
    np.testing.assert_allclose(found.find_gains("move"), expected["gain"], atol=1e-9)
