"""Which trials train a decoder and which test it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from bregma.brainbox.arrays import Ints, InvalidInput, as_labels, check_count
from bregma.later import need_package

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Split: TypeAlias = tuple[Ints, Ints]
"""Trials that train and trials that test."""


@runtime_checkable
class Splitter(Protocol):
    """A cross-validator of scikit-learn, or one that looks like it."""

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Any]:  # noqa: N803 - scikit-learn's names
        """Yield the trials to train with and those to test."""


Scheme: TypeAlias = int | Literal["leave-one-out", "leave-one-group-out"] | Splitter | Iterable[Any]
"""How to cross-validate.

A number of folds (of consecutive trials, as KFold; with groups, that keep each group in one fold, as GroupKFold),
``"leave-one-out"``, ``"leave-one-group-out"`` (for blocks: groups of ``find_blocks(...).block_index``), any
cross-validator of scikit-learn, or your own pairs (train, test) of trial numbers.
"""


def split_trials(
    n_trials: int, scheme: Scheme, *, labels: ArrayLike | None = None, groups: ArrayLike | None = None
) -> list[Split]:
    """Split trials into those that train and those that test, for each fold.

    Parameters
    ----------
    n_trials
        How many trials there are.
    scheme
        A number of folds, ``"leave-one-out"``, ``"leave-one-group-out"``, a cross-validator of scikit-learn, or
        pairs of trial numbers.
    labels, groups : (n_trials,) arrays or None
        For cross-validators that heed them: what is decoded, and trials that must stay together.

    Returns
    -------
    list of (train, test)
        Trial numbers. No trial is tested twice, and none tests a decoder that learnt from it.

    Raises
    ------
    InvalidInput
        If the scheme is unknown or does not fit the trials, or a trial trains what it tests or is tested twice.
    PackageMissing
        If scikit-learn is not installed.
    """
    check_count("n_trials", n_trials)
    splitter = _find_splitter(scheme, grouped=groups is not None)
    labels = None if labels is None else np.asarray(labels)
    groups = None if groups is None else as_labels("groups", groups)
    for name, given in (("labels", labels), ("groups", groups)):
        if given is not None and given.shape[:1] != (n_trials,):
            raise InvalidInput(f"{name} has shape {given.shape} for {n_trials} trials; give one each")
    if splitter is None:
        pairs: Iterable[Any] = scheme  # type: ignore[assignment] # the other kinds are splitters
    else:
        pairs = _ask(splitter, n_trials, labels, groups)
    splits = [(_read_places(train, n_trials), _read_places(test, n_trials)) for train, test in pairs]
    _check_splits(splits)
    return splits


def _find_splitter(scheme: Scheme, *, grouped: bool) -> Splitter | None:
    need_package("sklearn", "brainbox")
    from sklearn import model_selection

    if isinstance(scheme, str):
        names = {"leave-one-out": "LeaveOneOut", "leave-one-group-out": "LeaveOneGroupOut"}
        if scheme not in names:
            raise InvalidInput(
                f"scheme of cross-validation is {scheme!r}; give a number of folds or one of {', '.join(names)}"
            )
        return _as_splitter(getattr(model_selection, names[scheme])())
    if isinstance(scheme, int | np.integer):
        if scheme < 2:
            raise InvalidInput(f"cross-validation has {scheme} folds; give 2 or more, or None to test on all trials")
        return _as_splitter(model_selection.GroupKFold(scheme) if grouped else model_selection.KFold(scheme))
    if not isinstance(scheme, Splitter | Iterable):
        raise InvalidInput(f"scheme of cross-validation is {scheme!r}; give a number of folds, a name or a splitter")
    return scheme if isinstance(scheme, Splitter) else None


def _as_splitter(splitter: Splitter) -> Splitter:
    """Scikit-learn has no types."""
    return splitter


def _ask(splitter: Splitter, n_trials: int, labels: ArrayLike | None, groups: ArrayLike | None) -> list[Any]:
    try:
        return list(splitter.split(np.zeros((n_trials, 1)), labels, groups))
    except ValueError as error:
        raise InvalidInput(f"{type(splitter).__name__} cannot split {n_trials} trials: {error}") from error


def _read_places(places: ArrayLike, n_trials: int) -> Ints:
    found: NDArray[Any] = np.asarray(places)
    if found.dtype == np.bool_ and found.size == n_trials:
        found = np.flatnonzero(found)
    if found.ndim != 1 or found.size == 0 or not np.issubdtype(found.dtype, np.integer):
        raise InvalidInput("a fold has no trials, or they are not whole numbers; give (train, test) for each")
    if found.min() < 0 or found.max() >= n_trials:
        raise InvalidInput(f"a fold names trial {found.max()} of {n_trials}; trials count from 0")
    return found.astype(np.int64)


def _check_splits(splits: list[Split]) -> None:
    if not splits:
        raise InvalidInput("cross-validation has no folds; give (train, test) at least once")
    for train, test in splits:
        if np.intersect1d(train, test).size:
            raise InvalidInput(f"trial {np.intersect1d(train, test)[0]} trains the decoder that it tests")
    tested = np.concatenate([test for _, test in splits])
    if np.unique(tested).size != tested.size:
        raise InvalidInput("a trial is tested in more than one fold; run such folds one after another")
