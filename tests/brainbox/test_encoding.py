"""Design matrices and models of spike counts: known answers, and what must not matter."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.brainbox import (
    Boxcar,
    DesignMatrix,
    EventKernel,
    InvalidInput,
    LinearGLM,
    PoissonGLM,
    Signal,
    SpikeHistory,
    TrialCounts,
    TrialValue,
    bspline_basis,
    build_design,
    compute_bits_per_spike,
    compute_deviance_explained,
    compute_kernels,
    compute_r2,
    count_in_trials,
    cross_validate_glm,
    log_raised_cosine_basis,
    raised_cosine_basis,
    select_covariates,
)
from bregma.brainbox.arrays import Floats

BIN = 0.02
TRIALS = np.stack([np.arange(40) * 2.0, np.arange(40) * 2.0 + 1.5], axis=1)


def basis(start: float = 0.0, stop: float = 0.4, n_bases: int = 5) -> object:
    return raised_cosine_basis((start, stop), n_bases, bin_size=BIN)


def simulate(gain: float = 1.2, seed: int = 0) -> tuple[DesignMatrix, TrialCounts, Floats]:
    """Two units: one excited by the stimulus and slowed by the wheel, one that depends on nothing."""
    rng = np.random.default_rng(seed)
    trials = np.stack([np.arange(150) * 2.0, np.arange(150) * 2.0 + 1.5], axis=1)
    samples = np.arange(0, 300, 0.01)
    speed = np.interp(samples, np.arange(0, 300.5, 0.5), rng.normal(size=601))
    covariates = [
        EventKernel("stimulus", trials[:, 0] + rng.uniform(0.1, 0.6, 150), basis()),
        Signal("wheel", samples, speed),
        EventKernel("sound", trials[:, 0] + rng.uniform(0.1, 0.9, 150), basis()),
    ]
    design = build_design(trials, covariates, bin_size=BIN)
    weights = np.zeros((2, 11))
    weights[0, :6] = [0, gain, gain, 0, 0, -0.5]
    counts = rng.poisson(np.exp(design.matrix @ weights.T - 1)).astype(float)
    return design, TrialCounts(design.times, np.array([7, 3]), counts, design.trial), weights


def test_raised_cosines_overlap_and_sum_to_a_constant() -> None:
    full = raised_cosine_basis((0, 1), 10, bin_size=0.01, n_before=1)
    np.testing.assert_allclose(full.functions[15:-30].sum(axis=1), 2)
    assert full.functions.shape == (100, 10)
    np.testing.assert_allclose(full.lags[[0, -1]], [0.005, 0.995])


def test_log_raised_cosines_grow_wider() -> None:
    found = log_raised_cosine_basis((0, 1), 6, bin_size=0.01, offset=0.05).functions
    widths = (found > 0.5).sum(axis=0)
    assert (np.diff(widths[1:-1]) > 0).all()
    assert found[0, 0] == 1
    assert (np.diff(found.argmax(axis=0)) > 0).all()


def test_splines_sum_to_one() -> None:
    found = bspline_basis((-0.2, 0.4), 7, bin_size=BIN)
    np.testing.assert_allclose(found.functions.sum(axis=1), 1)
    assert found.first == -10


def test_windows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"window starts at 0\.01 s"):
        raised_cosine_basis((0.01, 0.41), 5, bin_size=BIN)
    with pytest.raises(InvalidInput, match="not a whole number of bins"):
        raised_cosine_basis((0, 0.41), 5, bin_size=BIN)
    with pytest.raises(InvalidInput, match="n_bases is 2; give 3"):
        raised_cosine_basis((0, 0.4), 2, bin_size=BIN, n_before=1)
    with pytest.raises(InvalidInput, match="offset is 0"):
        log_raised_cosine_basis((0, 0.4), 5, bin_size=BIN, offset=0)


def test_a_kernel_starts_with_the_first_bin_after_its_event() -> None:
    shape = raised_cosine_basis((0, 0.1), 2, bin_size=BIN)
    design = build_design([[10, 10.5], [20, 20.3]], [EventKernel("cue", [20.05, 10.1, np.nan, 15], shape)])
    expected = np.zeros((25 + 15, 2))
    expected[5:10] = shape.functions
    expected[25 + 3 : 25 + 8] = shape.functions
    np.testing.assert_array_equal(design.matrix, expected)
    np.testing.assert_array_equal(design.columns, ["cue_0", "cue_1"])
    np.testing.assert_allclose(design.times[[0, 25]], [10.01, 20.01])


def test_a_kernel_before_its_event_and_at_the_end_of_a_trial_is_cut_off() -> None:
    shape = raised_cosine_basis((-0.1, 0.1), 3, bin_size=BIN)
    design = build_design([[0, 1], [1, 2]], [EventKernel("lick", [0.98, 1.04], shape, values=[1, 2])])
    np.testing.assert_allclose(design.matrix[44:50], shape.functions[:6])
    np.testing.assert_allclose(design.matrix[50:57], 2 * shape.functions[3:])
    assert (design.matrix[57:] == 0).all()


def test_two_events_in_one_bin_add_up() -> None:
    shape = raised_cosine_basis((0, 0.1), 2, bin_size=BIN)
    twice = build_design([[0, 1]], [EventKernel("lick", [0.201, 0.202], shape)])
    once = build_design([[0, 1]], [EventKernel("lick", [0.201], shape, values=[2])])
    np.testing.assert_array_equal(twice.matrix, once.matrix)


def test_a_period_fills_the_part_of_each_bin_that_it_covers() -> None:
    design = build_design([[0, 0.2], [0.3, 0.5]], [Boxcar("tone", [0.05, np.nan], [0.33, 1], values=[2, 9])])
    np.testing.assert_allclose(
        design.matrix[:, 0], [0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0], atol=1e-9
    )
    whole = build_design([[0, 0.2]], [Boxcar("tone", [0.05], [0.11], published=True)])
    np.testing.assert_array_equal(np.flatnonzero(whole.matrix[:, 0]), [3, 4, 5, 6])


def test_a_signal_is_averaged_or_interpolated() -> None:
    times = np.arange(0, 2, 0.001)
    fine = build_design([[0, 1]], [Signal("ramp", times, times)])
    np.testing.assert_allclose(fine.matrix[:, 0], fine.times, atol=6e-4)
    coarse = build_design([[0, 1]], [Signal("ramp", [0, 0.5, np.nan, 2], [0, 0.5, 3, 2])])
    np.testing.assert_allclose(
        coarse.matrix[1:, 0][coarse.matrix[1:, 0] != 0.5], coarse.times[1:][coarse.matrix[1:, 0] != 0.5]
    )
    with pytest.raises(InvalidInput, match="'ramp' do not cover"):
        build_design([[0, 3]], [Signal("ramp", times, times)])


def test_values_of_trials_fill_them() -> None:
    design = build_design([[0, 0.1], [np.nan, 1], [1, 1.06]], [TrialValue("prior", [0.2, np.nan, 0.8])])
    np.testing.assert_array_equal(design.matrix[:, 0], [0.2] * 5 + [0.8] * 3)
    np.testing.assert_array_equal(design.trial, [0] * 5 + [2] * 3)


def test_history_starts_after_each_spike_and_knows_those_before_the_trial() -> None:
    past = raised_cosine_basis((0.02, 0.1), 2, bin_size=BIN)
    design = build_design([[1, 1.2]], [SpikeHistory("self", [1.05, 0.97, np.nan], past)])
    expected = np.zeros((10, 2))
    expected[3:7] += past.functions
    expected[:3] += past.functions[1:]
    np.testing.assert_allclose(design.matrix, expected)
    with pytest.raises(InvalidInput, match="has lag 0"):
        build_design([[1, 1.2]], [SpikeHistory("self", [1.05], raised_cosine_basis((0, 0.1), 2, bin_size=BIN))])


@settings(max_examples=20)
@given(st.integers(0, 1000), st.sampled_from([-64.0, 8.0, 1024.0]))
def test_a_design_does_not_depend_on_the_clock(seed: int, shift: float) -> None:
    rng = np.random.default_rng(seed)
    events, samples = rng.uniform(0, 80, 30), rng.normal(size=801)

    def build(by: float) -> Floats:
        when = np.arange(801) * 0.1 + by
        return build_design(
            TRIALS + by,
            [
                EventKernel("event", events + by, basis()),
                Signal("wheel", when, samples),
                Boxcar("on", events[:9] + by, events[:9] + by + 1),
            ],
        ).matrix

    np.testing.assert_allclose(build(0), build(shift), atol=1e-8)


def test_a_design_knows_its_covariates() -> None:
    design, _, _ = simulate()
    assert design.names == ["stimulus", "wheel", "sound"]
    part = design.select(["sound", "wheel"])
    np.testing.assert_array_equal(part.matrix, design.matrix[:, [6, 7, 8, 9, 10, 5]])
    assert part.names == ["sound", "wheel"]
    assert design.to_xarray()["matrix"].sel(column="wheel").dims == ("time",)
    with pytest.raises(InvalidInput, match="no covariate 'light' in the design; it has stimulus, wheel, sound"):
        design.select(["light"])


def test_columns_that_depend_are_named() -> None:
    values = np.arange(40.0)
    design = build_design(TRIALS, [TrialValue("a", values), TrialValue("b", values % 7), TrialValue("c", 2 * values)])
    assert design.condition > 1e7
    with pytest.raises(InvalidInput, match=r"depend on each other: a, c; leave one out"):
        design.check()
    design.select(["a", "b"]).check()
    empty = build_design(TRIALS, [EventKernel("cue", [np.nan], basis(n_bases=2))])
    with pytest.raises(InvalidInput, match="zero in all rows: cue_0, cue_1"):
        empty.check()


def test_condition_is_that_of_numpy() -> None:
    design, _, _ = simulate()
    np.testing.assert_allclose(design.condition, np.linalg.cond(design.matrix))


def test_trials_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInput, match="trials overlap"):
        build_design([[0, 1], [0.5, 2]], [])
    with pytest.raises(InvalidInput, match=r"intervals 1 is .* stops before it starts"):
        build_design([[0, 1], [2, 1.5]], [])
    with pytest.raises(InvalidInput, match="intervals has no trials"):
        build_design([], [])
    with pytest.raises(InvalidInput, match="intervals 1 has no length"):
        build_design([[0, 1], [2, 2]], [])
    with pytest.raises(InvalidInput, match="two covariates are called 'a'"):
        build_design(TRIALS, [TrialValue("a", np.ones(40)), TrialValue("a", np.ones(40))])
    with pytest.raises(InvalidInput, match=r"basis has bins of 0\.02 s, the design of 0\.01 s"):
        build_design(TRIALS, [EventKernel("cue", [1.0], basis())], bin_size=0.01)


@pytest.mark.usefixtures("engine")
def test_spikes_are_counted_in_the_bins_of_trials() -> None:
    design = build_design([[0, 0.1], [1, 1.05]], [])
    found = count_in_trials(design, [1.049, 0.0, 0.099, 0.5, np.nan, 0.05, 1.0], [5, 5, 5, 5, 5, 2, 2], [5, 9, 2])
    expected = np.zeros((8, 3))
    expected[[0, 4, 7], 0] = 1
    expected[[2, 5], 2] = 1
    np.testing.assert_array_equal(found.counts, expected)


def test_a_poisson_model_recovers_its_weights() -> None:
    design, counts, weights = simulate()
    model = PoissonGLM().fit(design, counts)
    away = (model.coef_ - weights) / model.coef_se_
    assert np.abs(away).max() < 4
    assert 0.6 < np.sqrt((away**2).mean()) < 1.5
    np.testing.assert_allclose(model.intercept_, -1, atol=0.25)
    assert model.converged_.all()


def test_a_linear_model_recovers_its_weights() -> None:
    rng = np.random.default_rng(1)
    matrix, weights = rng.normal(size=(4000, 3)), np.array([[1.0, 0, -2], [0, 3, 0]])
    model = LinearGLM().fit(matrix, matrix @ weights.T + 5 + rng.normal(size=(4000, 2)))
    np.testing.assert_allclose(model.coef_, weights, atol=0.08)
    np.testing.assert_allclose(model.coef_se_, 1 / np.sqrt(4000), rtol=0.1)
    assert 0.8 < model.score(matrix, matrix @ weights.T + 5) <= 1


def test_kernels_are_weights_times_bases() -> None:
    design, counts, weights = simulate()
    kernels = compute_kernels(PoissonGLM().fit(design, counts), design, counts.cluster_ids)
    true = basis().functions @ weights[0, :5]
    found = kernels["stimulus"]
    assert np.abs((found.weight[0] - true) / found.se[0]).max() < 4
    np.testing.assert_array_equal(found.cluster_ids, [7, 3])
    assert kernels["wheel"].weight.shape == (2, 1)
    np.testing.assert_allclose(found.lags, np.arange(20) * BIN + BIN / 2)


def test_estimators_are_those_of_scikit_learn() -> None:
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV

    design, counts, _ = simulate()
    assert clone(PoissonGLM(alpha=0.5)).get_params()["alpha"] == 0.5
    search = GridSearchCV(LinearGLM(), {"alpha": [0.1, 1e6]}).fit(np.asarray(design), np.asarray(counts))
    assert search.best_params_ == {"alpha": 0.1}


def test_units_are_fitted_one_by_one_as_together() -> None:
    design, counts, _ = simulate()
    for kind in (LinearGLM, PoissonGLM):
        together = kind().fit(design, counts)
        alone = kind().fit(design, counts.counts[:, 1])
        np.testing.assert_allclose(together.coef_[1:], alone.coef_, atol=1e-9)


def test_silent_units_and_no_covariates_have_a_fit() -> None:
    design, counts, _ = simulate()
    silent = PoissonGLM().fit(design, np.zeros((len(counts.counts), 1)))
    assert (silent.predict(design) == 0).all()
    assert np.isnan(silent.coef_se_).all()
    constant = PoissonGLM().fit(design.matrix[:, :0], counts)
    np.testing.assert_allclose(constant.predict(design.matrix[:, :0])[0], counts.counts.mean(axis=0))
    np.testing.assert_allclose(LinearGLM().fit(design.matrix[:, :0], counts).intercept_, counts.counts.mean(axis=0))


def test_a_unit_that_does_not_converge_is_warned_of() -> None:
    design, counts, _ = simulate()
    with pytest.warns(UserWarning, match="1 of 1 units did not converge"):
        PoissonGLM(max_iter=1).fit(design, counts.counts[:, :1])


def test_data_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput, match="differ in rows"):
        LinearGLM().fit(np.ones((3, 1)), np.ones((4, 1)))
    with pytest.raises(InvalidInput, match="X has NaN"):
        PoissonGLM().fit([[np.nan]], [[1]])
    with pytest.raises(InvalidInput, match="counts below zero"):
        PoissonGLM().fit([[1]], [[-1]])
    with pytest.raises(InvalidInput, match="fitted to 1"):
        LinearGLM().fit([[1.0], [2.0]], [[1], [2]]).predict(np.ones((3, 2)))


def test_scores_of_known_predictions() -> None:
    counts = np.array([[0, 1], [2, 1], [4, 1]], dtype=float)
    perfect, mean = counts.copy(), np.broadcast_to(counts.mean(axis=0), counts.shape)
    np.testing.assert_array_equal(compute_r2(counts, perfect), [1, np.nan])
    np.testing.assert_array_equal(compute_deviance_explained(counts, mean), [0, np.nan])
    np.testing.assert_allclose(compute_bits_per_spike(counts, mean), [0, 0], atol=1e-12)
    np.testing.assert_allclose(
        compute_bits_per_spike(counts, np.where(counts == 0, 0, counts))[0], (2 * 0 + 4) / 6, atol=1
    )
    assert compute_deviance_explained(counts[:, :1], [[1], [0], [4]])[0] == -np.inf
    assert np.isnan(compute_bits_per_spike(counts[:, :1], [[-1], [1], [4]])[0])


def test_a_model_is_scored_on_trials_left_out() -> None:
    design, counts, _ = simulate()
    found = cross_validate_glm(PoissonGLM(), design, counts, n_folds=2, rng=0)
    assert found.deviance_explained.shape == (2, 2)
    assert (found.deviance_explained[:, 0] > 0.05).all()
    assert (found.bits_per_spike[:, 0] > 0.05).all()
    assert (found.bits_per_spike[:, 1] < 0.02).all()
    again = cross_validate_glm(PoissonGLM(), design, counts, n_folds=2, rng=0)
    np.testing.assert_array_equal(found.r2, again.r2)
    with pytest.raises(InvalidInput, match="n_folds is 1"):
        cross_validate_glm(PoissonGLM(), design, counts, n_folds=1)


@pytest.mark.parametrize("model", [LinearGLM(), PoissonGLM()])
def test_covariates_are_added_in_the_order_of_their_worth(model: LinearGLM | PoissonGLM) -> None:
    design, counts, _ = simulate()
    found = select_covariates(model, design, counts, np.arange(100))
    np.testing.assert_array_equal(found.order[0], ["stimulus", "wheel", "sound"])
    assert (np.diff(found.train, axis=1) >= -1e-12).all()
    assert found.find_gains("stimulus")[0] > found.find_gains("wheel")[0] > found.find_gains("sound")[0]
    assert found.test[1].max() < 0.02
    one = select_covariates(model, design, counts, np.arange(100), n_steps=1)
    np.testing.assert_allclose(one.test, found.test[:, :1])
    assert np.isnan(one.find_gains("sound")[0])


def test_models_are_fitted_without_warnings_to_sparse_spikes() -> None:
    design, counts, _ = simulate()
    sparse = counts.counts * (np.random.default_rng(0).random(counts.counts.shape) < 0.05)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PoissonGLM(alpha=1e-3).fit(design, sparse).converged_.all()


def test_the_order_of_trials_and_units_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    events, spikes, units = TRIALS[:, 0] + 0.3, rng.uniform(0, 80, 3000), rng.integers(0, 3, 3000)
    fits = []
    for trials, ids in ((TRIALS, [0, 1, 2]), (TRIALS[rng.permutation(40)], [2, 0, 1])):
        design = build_design(trials, [EventKernel("event", rng.permutation(events), basis())])
        fits.append(LinearGLM().fit(design, count_in_trials(design, spikes, units, ids)).coef_)
    np.testing.assert_allclose(fits[1], fits[0][[2, 0, 1]], atol=1e-9)


def test_neurons_of_the_thalamus_see_the_stimulus(shared_data: Path) -> None:
    folder = shared_data / "steinmetz2019_18sessions/alf/Forssmann/2017-11-05/001/alf"
    if not folder.is_dir():
        pytest.skip("no session of Forssmann")
    onset, right = (np.load(folder / f"trials.{name}.npy").ravel() for name in ("stimOn_times", "contrastRight"))
    spikes, units = (np.load(folder / f"spikes.{name}.npy") for name in ("times", "clusters"))
    busy = np.argsort(np.bincount(units))[::-1][:20]
    shape = raised_cosine_basis((0, 0.4), 6, bin_size=BIN, n_before=1)
    kernels = [EventKernel("onset", onset, shape), EventKernel("right", onset, shape, values=np.nan_to_num(right))]
    design = build_design(np.stack([onset, onset + 0.4], axis=1), kernels, bin_size=BIN)
    design.check()
    scores = cross_validate_glm(LinearGLM(), design, count_in_trials(design, spikes, units, busy), n_folds=3, rng=0)
    assert scores.r2.mean(axis=0).max() > 0.03
