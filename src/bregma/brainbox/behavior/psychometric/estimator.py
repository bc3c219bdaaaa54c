"""A psychometric curve as an estimator of scikit-learn: choices from contrasts, trial by trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput
from bregma.brainbox.behavior.psychometric.curves import PsychometricModel
from bregma.brainbox.behavior.psychometric.fitting import evaluate, fit_psychometric
from bregma.brainbox.behavior.trials import RIGHT_CHOICE
from bregma.later import need_package

need_package("sklearn", "brainbox")
from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: E402 - what to install is said first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from bregma.brainbox.behavior.psychometric.choices import Priors

LEFT_CHOICE = 1


class PsychometricCurve(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Psychometric curve of single trials, for cross-validation and comparison with other classifiers.

    Parameters
    ----------
    model
        ``erf_psycho_2gammas`` or ``erf_psycho``.
    lower, upper, priors
        As for `fit_psychometric`.

    Attributes
    ----------
    fit_ : PsychometricFit
        The curve.
    classes_ : (2,) array
        The choices -1 (right) and +1 (left): the columns of `predict_proba`.

    Raises
    ------
    PackageMissing
        When it is imported and scikit-learn is not installed.
    """

    def __init__(
        self,
        model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
        lower: Sequence[float] | None = None,
        upper: Sequence[float] | None = None,
        priors: Priors | None = None,
    ) -> None:
        self.model = model
        self.lower = lower
        self.upper = upper
        self.priors = priors

    def fit(self, X: ArrayLike, y: ArrayLike) -> PsychometricCurve:  # noqa: N803 - scikit-learn's name
        """Fit the curve.

        Parameters
        ----------
        X : (n_trials,) or (n_trials, 1) array
            Signed contrasts in percent. Trials of unknown contrast are left out.
        y : (n_trials,) array
            Choices as in ALF: -1 right, +1 left, 0 no response (left out). An array of booleans means "right".

        Raises
        ------
        InvalidInput
            If lengths differ, choices are others, or no trial is left.
        """
        contrasts, choices = _read_contrasts(X), _read_choices(y)
        if contrasts.size != choices.size:
            raise InvalidInput(f"arrays differ in length: X {contrasts.size}, y {choices.size}")
        used = (choices != 0) & ~np.isnan(contrasts)
        if not used.any():
            raise InvalidInput("no trial has both a contrast and a response")
        levels, place = np.unique(contrasts[used], return_inverse=True)
        right = np.bincount(place, weights=choices[used] == RIGHT_CHOICE)
        options: dict[str, Any] = {name: getattr(self, name) for name in ("model", "lower", "upper", "priors")}
        self.fit_ = fit_psychometric(levels, np.bincount(place), right, **options)
        self.classes_ = np.array([RIGHT_CHOICE, LEFT_CHOICE])
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return the probability of a choice to the right and to the left, (n_trials, 2)."""
        right = evaluate(self.fit_, _read_contrasts(X))
        return np.stack([right, 1 - right], axis=1)

    def predict(self, X: ArrayLike) -> Ints:  # noqa: N803
        """Return the likelier choice of each trial, -1 (right) or +1 (left)."""
        return np.where(self.predict_proba(X)[:, 0] > 0.5, RIGHT_CHOICE, LEFT_CHOICE)


def _read_contrasts(given: ArrayLike) -> Floats:
    contrasts = np.asarray(given, dtype=np.float64)
    if contrasts.ndim == 2 and contrasts.shape[1] == 1:
        return contrasts[:, 0]
    if contrasts.ndim != 1:
        raise InvalidInput(f"X has shape {contrasts.shape}; give one signed contrast per trial")
    return contrasts


def _read_choices(given: ArrayLike) -> NDArray[np.int64]:
    choices = np.asarray(given)
    if choices.dtype == np.bool_:
        return np.where(choices, RIGHT_CHOICE, LEFT_CHOICE)
    if not np.isin(choices, (-1, 0, 1)).all():
        raise InvalidInput("choices are -1 (right), +1 (left) or 0 (none), or booleans that mean right")
    return choices.astype(np.int64)
