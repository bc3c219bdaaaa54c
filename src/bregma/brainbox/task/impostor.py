"""Impostor targets: what other sessions had in place of this one, of its length, for null tests of decoders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import InvalidInput, Rng, check_same_length, read_rng

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray


def generate_impostor_target(
    targets: Sequence[ArrayLike], labels: Sequence[Hashable], current_label: Hashable, *, rng: Rng = None
) -> NDArray[Any]:
    """Stitch a target from other sessions, as long as that of the current one.

    Sessions are put one after another in a random order, each at most once, until they are long enough; a random
    piece of the right length is cut out.

    Parameters
    ----------
    targets : list of arrays
        One per session, the last axis over trials or time; all other axes of the same length.
    labels
        A label per target, such as the eid. Of targets with one label the first is used.
    current_label
        The session that needs an impostor; its own target gives the length only.
    rng
        Generator, seed, or None.

    Returns
    -------
    array
        Of the shape of the current session's target.

    Raises
    ------
    InvalidInput
        If the label is unknown, shapes do not match, a target is empty, or all others together are too short.
    """
    check_same_length(targets=targets, labels=labels)
    sessions: dict[Hashable, NDArray[Any]] = {}
    for label, target in zip(labels, targets, strict=True):
        sessions.setdefault(label, np.asarray(target))
    if current_label not in sessions:
        raise InvalidInput(f"current_label is {current_label!r}, which is not among the labels")
    current = sessions.pop(current_label)
    others = list(sessions.values())
    _check_targets(current, others)
    generator = read_rng(rng)
    drawn = [others[place] for place in generator.permutation(len(others))]
    n_needed = int(np.searchsorted(np.cumsum([target.shape[-1] for target in drawn]), current.shape[-1])) + 1
    stitched = np.concatenate(drawn[:n_needed], axis=-1)
    start = int(generator.integers(stitched.shape[-1] - current.shape[-1] + 1))
    piece: NDArray[Any] = stitched[..., start : start + current.shape[-1]]
    return piece


def _check_targets(current: NDArray[Any], others: Sequence[NDArray[Any]]) -> None:
    for target in others:
        if target.shape[:-1] != current.shape[:-1] or target.ndim == 0 or target.shape[-1] == 0:
            raise InvalidInput(
                f"a target has shape {target.shape} and the current one {current.shape}; only the last axis may differ"
            )
    n_others = sum(target.shape[-1] for target in others)
    if n_others < current.shape[-1]:
        raise InvalidInput(f"other targets have {n_others} of {current.shape[-1]} trials needed; give more sessions")
