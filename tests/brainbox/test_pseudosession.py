"""Sessions that could have been, and impostors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.brainbox import (
    BlockDesign,
    InvalidInput,
    find_blocks,
    generate_impostor_target,
    generate_pseudo_blocks,
    generate_pseudo_sessions,
    generate_pseudo_stimuli,
    signed_contrast,
)
from bregma.brainbox.arrays import Floats


def make_trials(n_trials: int = 900) -> dict[str, Floats]:
    """A mouse that sees 1 and guesses at 0, with a bias to the block."""
    stimuli = generate_pseudo_stimuli(n_trials, contrasts=(0.0, 0.25, 1.0), rng=1).trials(0)
    rng = np.random.default_rng(2)
    signed = signed_contrast(stimuli)
    p_left = np.clip(0.5 - signed / 150 + 0.3 * (stimuli["probabilityLeft"] - 0.5), 0, 1)
    return stimuli | {"choice": np.where(rng.random(n_trials) < p_left, 1.0, -1.0)}


def find_lengths(blocks: Floats) -> list[int]:
    """Lengths of all whole blocks after the unbiased ones."""
    return [size for row in blocks for size in np.bincount(find_blocks(row).block_index)[1:-1]]


@pytest.mark.parametrize("n_trials", [1, 50, 90, 91, 1000])
def test_sessions_have_the_length_asked_for(n_trials: int) -> None:
    blocks = generate_pseudo_blocks(n_trials, n_sessions=3, rng=0)
    assert blocks.shape == (3, n_trials)
    assert (blocks[:, :90] == 0.5).all()
    assert np.isin(blocks[:, 90:], [0.2, 0.8]).all()


def test_block_lengths_follow_the_cut_exponential() -> None:
    lengths = find_lengths(generate_pseudo_blocks(2000, n_sessions=300, rng=0))
    assert min(lengths) == 20
    assert max(lengths) == 99
    rng = np.random.default_rng(1)
    drawn = rng.exponential(60, 200_000)
    expected = np.floor(drawn[(drawn > 20) & (drawn < 100)])
    assert np.mean(lengths) == pytest.approx(expected.mean(), abs=0.7)
    np.testing.assert_allclose(np.quantile(lengths, [0.25, 0.75]), np.quantile(expected, [0.25, 0.75]), atol=2)


def test_blocks_alternate_and_begin_on_either_side() -> None:
    blocks = generate_pseudo_blocks(600, n_sessions=400, rng=0)
    for row in blocks[:20]:
        chances = row[np.flatnonzero(np.diff(find_blocks(row).block_index, prepend=-1))]
        assert set(np.abs(np.diff(chances[1:])).round(6)) == {0.6}
    assert 0.42 < (blocks[:, 90] == 0.2).mean() < 0.58


def test_designs_may_differ() -> None:
    design = BlockDesign(scale=5, shortest=3, longest=8, n_unbiased=0, probabilities=(0.1, 0.9))
    blocks = generate_pseudo_blocks(200, n_sessions=20, design=design, rng=0)
    assert np.unique(blocks).tolist() == [0.1, 0.9]
    assert set(find_lengths(blocks)) <= set(range(3, 8))


@pytest.mark.parametrize("design", [BlockDesign(shortest=0), BlockDesign(longest=10), BlockDesign(n_unbiased=-1)])
def test_designs_without_blocks_are_refused(design: BlockDesign) -> None:
    with pytest.raises(InvalidInput):
        generate_pseudo_blocks(100, design=design)


def test_the_same_seed_gives_the_same_session_and_leaves_the_global_generator_alone() -> None:
    np.random.seed(3)
    before = np.random.get_state()[1].copy()  # type: ignore[union-attr,index]
    first, second, other = (generate_pseudo_sessions(make_trials(), rng=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.choice, second.choice)
    assert (first.choice != other.choice).any()
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # type: ignore[index]


@pytest.mark.parametrize(("zero_weight", "share"), [(1.0, 1 / 3), (0.5, 0.2)])
def test_a_contrast_of_zero_is_shown_as_often_as_asked(zero_weight: float, share: float) -> None:
    stimuli = generate_pseudo_stimuli(400, contrasts=(0.0, 0.5, 1.0), zero_weight=zero_weight, n_sessions=100, rng=0)
    assert (stimuli.signed_contrast == 0).mean() == pytest.approx(share, abs=0.01)
    assert (np.isnan(stimuli.contrast_left) != np.isnan(stimuli.contrast_right)).all()
    left = stimuli.stimulus_side == -1
    for chance in (0.2, 0.5, 0.8):
        assert left[stimuli.probability_left == chance].mean() == pytest.approx(chance, abs=0.015)


def test_choices_have_the_probabilities_of_the_mouse() -> None:
    trials = make_trials()
    drawn = generate_pseudo_sessions(trials, n_sessions=300, rng=0)
    signed = signed_contrast(trials)
    for contrast in (-25.0, 0.0, 100.0):
        for chance in (0.2, 0.8):
            own = trials["choice"][(signed == contrast) & (trials["probabilityLeft"] == chance)]
            made = drawn.choice[(drawn.signed_contrast == contrast) & (drawn.probability_left == chance)]
            assert (made == 1).mean() == pytest.approx((own == 1).mean(), abs=0.03)


def test_feedback_is_for_reporting_the_side_of_the_stimulus() -> None:
    drawn = generate_pseudo_sessions(make_trials(), rng=0)
    correct = np.where(np.isnan(drawn.contrast_right), drawn.choice == 1, drawn.choice == -1)
    np.testing.assert_array_equal(drawn.feedback_type == 1, correct)
    assert set(drawn.trials(0)) >= {"choice", "feedbackType", "contrastLeft", "probabilityLeft"}
    assert drawn.to_xarray().choice.dims == ("session", "trial")


def test_trials_without_a_choice_do_not_count() -> None:
    trials = make_trials()
    shown = np.flatnonzero(signed_contrast(trials) == 100)
    trials["choice"][shown[::2]] = 0
    trials["choice"][shown[1::2]] = -1
    drawn = generate_pseudo_sessions(trials, n_sessions=5, rng=0)
    assert (drawn.choice[drawn.signed_contrast == 100] == -1).all()


def test_a_contrast_unseen_in_a_block_takes_the_choices_of_all_blocks() -> None:
    trials = make_trials()
    seen = (signed_contrast(trials) != -100) | (trials["probabilityLeft"] != 0.2)
    drawn = generate_pseudo_sessions({name: column[seen] for name, column in trials.items()}, n_sessions=5, rng=0)
    assert drawn.choice.shape[1] == seen.sum()


def test_a_contrast_without_any_choice_is_refused() -> None:
    trials = make_trials()
    trials["choice"][signed_contrast(trials) == -100] = 0
    with pytest.raises(InvalidInput, match="-100 %"):
        generate_pseudo_sessions(trials, n_sessions=5, rng=0)
    with pytest.raises(InvalidInput, match="no 'choice'"):
        generate_pseudo_sessions({"contrastLeft": np.ones(3)})


@pytest.mark.parametrize("contrasts", [(), (0.5, 0.5), (100.0,), (-0.5,)])
def test_contrasts_are_different_fractions(contrasts: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput, match="contrasts"):
        generate_pseudo_stimuli(10, contrasts=contrasts)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=8), st.integers(0, 1000))
def test_impostors_are_a_piece_of_other_sessions(lengths: list[int], seed: int) -> None:
    targets = [np.stack([np.full(n, k), np.arange(n)]) for k, n in enumerate(lengths)]
    if sum(lengths[1:]) < lengths[0]:
        with pytest.raises(InvalidInput, match="more sessions"):
            generate_impostor_target(targets, range(len(lengths)), 0, rng=seed)
        return
    found = generate_impostor_target(targets, range(len(lengths)), 0, rng=seed)
    assert found.shape == (2, lengths[0])
    assert 0 not in found[0]
    inside = np.diff(found[0]) == 0
    assert (np.diff(found[1])[inside] == 1).all()


def test_impostors_need_a_known_label_and_one_shape() -> None:
    targets = [np.zeros((2, 5)), np.ones((2, 9)), np.full((2, 9), 5.0)]
    assert (generate_impostor_target(targets, ["a", "b", "b"], "a", rng=0) == 1).all()
    with pytest.raises(InvalidInput, match="among the labels"):
        generate_impostor_target(targets, ["a", "b", "c"], "x")
    with pytest.raises(InvalidInput, match="last axis"):
        generate_impostor_target([np.zeros((2, 5)), np.zeros((3, 5))], ["a", "b"], "a")
