"""Linear and Poisson models of spike counts, for many units at once, as estimators of scikit-learn."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, InvalidInput
from bregma.brainbox.encoding.scores import compute_deviance_explained, compute_r2
from bregma.later import need_package

need_package("sklearn", "brainbox")

from sklearn.base import BaseEstimator, RegressorMixin  # noqa: E402
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.linear_model import LinearRegression, PoissonRegressor, Ridge  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class LinearGLM(RegressorMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """Spike counts as a weighted sum of covariates: least squares, or ridge regression.

    Parameters
    ----------
    alpha
        Weight of the sum of squared weights, that of `sklearn.linear_model.Ridge`; 0 for none.
    fit_intercept
        Whether to fit a mean count too.

    Attributes
    ----------
    coef_, coef_se_ : (n_units, n_columns) arrays
        Weights, and their standard errors (of least squares; with ridge, of its linear estimate).
    intercept_ : (n_units,) array
        Mean counts where all covariates are zero.
    noise_ : (n_units,) array
        Variance of the residuals; NaN without more rows than columns.
    spread_ : (n_columns, n_columns) array
        Covariance of the weights for a noise of 1.
    """

    def __init__(self, alpha: float = 0.0, *, fit_intercept: bool = True) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803
        """Fit all units.

        Parameters
        ----------
        X : (n_rows, n_columns) array or DesignMatrix
        y : (n_rows, n_units) array or TrialCounts
            Spike counts; one dimension for one unit.

        Raises
        ------
        InvalidInput
            If lengths differ, there are no rows, or a value is NaN.
        """
        matrix, counts = _read_data(X, y)
        kind = partial(Ridge, self.alpha) if self.alpha else LinearRegression
        model = kind(fit_intercept=self.fit_intercept)
        if matrix.shape[1] == 0:
            self.coef_ = np.zeros((counts.shape[1], 0))
            self.intercept_ = counts.mean(axis=0) if self.fit_intercept else np.zeros(counts.shape[1])
        else:
            model.fit(matrix, counts)
            self.coef_ = np.asarray(model.coef_, dtype=np.float64).reshape(counts.shape[1], -1)
            self.intercept_ = np.broadcast_to(model.intercept_, counts.shape[1]).astype(np.float64)
        self.n_features_in_ = matrix.shape[1]
        self._measure_errors(matrix, counts)
        return self

    def _measure_errors(self, matrix: Floats, counts: Floats) -> None:
        freedom = len(matrix) - matrix.shape[1] - self.fit_intercept
        residual = ((counts - self.predict(matrix)) ** 2).sum(axis=0)
        self.noise_ = residual / freedom if freedom > 0 else np.full(residual.size, np.nan)
        centred = matrix - matrix.mean(axis=0) if self.fit_intercept else matrix
        power = centred.T @ centred
        inverse = np.linalg.pinv(power + self.alpha * np.eye(len(power)), hermitian=True)
        self.spread_ = inverse @ power @ inverse
        self.coef_se_ = np.sqrt(np.outer(self.noise_, np.maximum(np.diagonal(self.spread_), 0)))

    def find_covariance(self, unit: int) -> Floats:
        """Return the covariance of the weights of one unit, by its place (n_columns, n_columns)."""
        return np.asarray(self.noise_[unit] * self.spread_, dtype=np.float64)

    def predict(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return the expected counts (n_rows, n_units)."""
        return _project(self, X)

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: None = None) -> float:  # noqa: N803
        """Return the R² of the predictions, averaged over units; `score_units` tells each."""
        return _average(self.score_units(X, y))

    def score_units(self, X: ArrayLike, y: ArrayLike) -> Floats:  # noqa: N803
        """Return the R² of each unit."""
        matrix, counts = _read_data(X, y)
        return compute_r2(counts, self.predict(matrix))


class PoissonGLM(RegressorMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """Spike counts drawn from a Poisson distribution, whose logarithm of the mean is a weighted sum of covariates.

    Parameters
    ----------
    alpha
        Weight of the sum of squared weights beside the mean deviance, that of
        `sklearn.linear_model.PoissonRegressor`; 0 for none. A unit that is silent wherever a column is not zero has
        no finite weight without it.
    fit_intercept
        Whether to fit a mean rate too.
    max_iter, tol
        Newton's steps at most, and the largest gradient at which they end.

    Attributes
    ----------
    coef_, coef_se_ : (n_units, n_columns) arrays
        Weights of the logarithm of the mean, and their standard errors, NaN for silent units.
    coef_cov_ : (n_units, n_columns, n_columns) array
        Covariance of the weights, from the curvature of the likelihood.
    intercept_ : (n_units,) array
        Logarithms of mean counts, -inf for silent units.
    converged_ : (n_units,) array
        Whether a unit's fit ended before `max_iter`. One that did not is warned of.
    """

    def __init__(
        self, alpha: float = 0.0, *, fit_intercept: bool = True, max_iter: int = 100, tol: float = 1e-6
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803
        """Fit each unit.

        Parameters
        ----------
        X : (n_rows, n_columns) array or DesignMatrix
        y : (n_rows, n_units) array or TrialCounts
            Spike counts; one dimension for one unit.

        Raises
        ------
        InvalidInput
            If lengths differ, there are no rows, or a value is NaN or negative.
        """
        matrix, counts = _read_data(X, y)
        if (counts < 0).any():
            raise InvalidInput("y has counts below zero; a Poisson model needs numbers of spikes")
        n_units = counts.shape[1]
        self.n_features_in_ = matrix.shape[1]
        self.coef_ = np.zeros((n_units, matrix.shape[1]))
        self.intercept_ = np.full(n_units, -np.inf if self.fit_intercept else 0.0)
        self.coef_cov_ = np.full((n_units, self.n_features_in_, self.n_features_in_), np.nan)
        self.converged_: Bools = np.ones(n_units, dtype=np.bool_)
        for unit in np.flatnonzero(counts.any(axis=0)).tolist():
            self._fit_unit(unit, matrix, counts[:, unit])
        self.coef_se_ = np.sqrt(np.maximum(np.diagonal(self.coef_cov_, axis1=1, axis2=2), 0))
        if not self.converged_.all():
            warnings.warn(
                f"{(~self.converged_).sum()} of {n_units} units did not converge (see converged_); raise alpha",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def _fit_unit(self, unit: int, matrix: Floats, counts: Floats) -> None:
        if matrix.shape[1] == 0:
            self.intercept_[unit] = np.log(counts.mean()) if self.fit_intercept else 0.0
            return
        model = PoissonRegressor(
            alpha=self.alpha,
            fit_intercept=self.fit_intercept,
            solver="newton-cholesky",
            max_iter=self.max_iter,
            tol=self.tol,
        )
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("always")
            model.fit(matrix, counts)
        self.converged_[unit] = not raised
        self.coef_[unit], self.intercept_[unit] = model.coef_, model.intercept_
        self.coef_cov_[unit] = self._invert_curvature(matrix, model.predict(matrix))

    def _invert_curvature(self, matrix: Floats, expected: Floats) -> Floats:
        if self.fit_intercept:
            matrix = matrix - expected @ matrix / expected.sum()
        information = matrix.T @ (expected[:, None] * matrix)
        inverse = np.linalg.pinv(information + len(matrix) * self.alpha * np.eye(len(information)), hermitian=True)
        return np.asarray(inverse @ information @ inverse, dtype=np.float64)

    def find_covariance(self, unit: int) -> Floats:
        """Return the covariance of the weights of one unit, by its place (n_columns, n_columns)."""
        return np.asarray(self.coef_cov_[unit], dtype=np.float64)

    def predict(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return the expected counts (n_rows, n_units)."""
        return np.asarray(np.exp(_project(self, X)), dtype=np.float64)

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: None = None) -> float:  # noqa: N803
        """Return the deviance explained, averaged over units; `score_units` tells each."""
        return _average(self.score_units(X, y))

    def score_units(self, X: ArrayLike, y: ArrayLike) -> Floats:  # noqa: N803
        """Return the deviance explained of each unit."""
        matrix, counts = _read_data(X, y)
        return compute_deviance_explained(counts, self.predict(matrix))


def _read_data(covariates: Any, spikes: Any) -> tuple[Floats, Floats]:
    matrix, counts = _read_matrix(covariates), np.asarray(spikes, dtype=np.float64)
    counts = counts[:, None] if counts.ndim == 1 else counts
    if len(counts) != len(matrix) or not len(matrix) or counts.ndim != 2:
        raise InvalidInput(f"X {matrix.shape} and y {counts.shape} differ in rows, or have none")
    if not np.isfinite(counts).all():
        raise InvalidInput("y has NaN; leave these rows out")
    return matrix, counts


def _read_matrix(covariates: Any) -> Floats:
    matrix = np.asarray(covariates, dtype=np.float64)
    if matrix.ndim != 2:
        raise InvalidInput(f"X has shape {matrix.shape}; give (n_rows, n_columns)")
    if not np.isfinite(matrix).all():
        raise InvalidInput("X has NaN; leave these rows out")
    return matrix


def _project(model: Any, covariates: Any) -> Floats:
    matrix = _read_matrix(covariates)
    if matrix.shape[1] != model.coef_.shape[1]:
        raise InvalidInput(f"X has {matrix.shape[1]} columns; the model was fitted to {model.coef_.shape[1]}")
    return np.asarray(matrix @ model.coef_.T + model.intercept_, dtype=np.float64)


def _average(scores: Floats) -> float:
    known = scores[np.isfinite(scores)]
    return float(known.mean()) if known.size else float("nan")
