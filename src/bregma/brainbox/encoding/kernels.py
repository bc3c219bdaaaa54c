"""Kernels of a fitted model: the response to each covariate over time, with standard errors. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_ids
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.encoding.design import DesignMatrix
    from bregma.brainbox.encoding.glm import LinearGLM, PoissonGLM


@dataclass(frozen=True)
class Kernel(Labelled):
    """The response of each unit to one covariate.

    ``weight`` and ``se`` (n_units, n_lags): spikes per bin for a linear model, logarithms of a gain for a Poisson
    model; row i is unit ``cluster_ids[i]``. ``lags`` (n_lags,) are bin centres, seconds from the event; one lag of
    zero for a covariate without a basis.
    """

    name: str
    cluster_ids: Ints = axis("cluster")
    lags: Floats = axis("lag", unit="s")
    weight: Floats = values("cluster", "lag")
    se: Floats = values("cluster", "lag")


def compute_kernels(
    model: LinearGLM | PoissonGLM, design: DesignMatrix, cluster_ids: ArrayLike | None = None
) -> dict[str, Kernel]:
    """Put the weights of a fitted model and its bases together.

    Parameters
    ----------
    model
        Fitted to `design`.
    design
        Of the covariates.
    cluster_ids : (n_units,) array, optional
        Ids of the units that were fitted, in their order. By default 0, 1, ...

    Returns
    -------
    dict
        A `Kernel` for each covariate. Standard errors take into account how the weights of a basis vary together.

    Raises
    ------
    InvalidInput
        If the model was fitted to another number of columns or units.
    """
    n_units, n_columns = model.coef_.shape
    if n_columns != design.matrix.shape[1]:
        raise InvalidInput(f"the model has {n_columns} weights, the design {design.matrix.shape[1]} columns")
    ids = np.arange(n_units) if cluster_ids is None else as_ids("cluster_ids", cluster_ids)
    if ids.size != n_units:
        raise InvalidInput(f"cluster_ids has {ids.size} units; the model was fitted to {n_units}")
    covariances = [model.find_covariance(unit) for unit in range(n_units)]
    return {name: _make_kernel(model, design, ids, name, covariances) for name in design.names}


def _make_kernel(
    model: LinearGLM | PoissonGLM, design: DesignMatrix, ids: Ints, name: str, covariances: list[Floats]
) -> Kernel:
    columns, basis = design.find_columns(name), design.bases[name]
    functions = np.ones((1, 1)) if basis is None else basis.functions
    lags = np.zeros(1) if basis is None else basis.lags
    se = np.zeros((ids.size, lags.size))
    for unit, covariance in enumerate(covariances):
        part = covariance[np.ix_(columns, columns)]
        se[unit] = np.sqrt(np.maximum(((functions @ part) * functions).sum(axis=1), 0))
    return Kernel(name, ids, lags, model.coef_[:, columns] @ functions.T, se)
