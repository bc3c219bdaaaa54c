"""Which curve describes the choices? The models of psychofit on one session, compared by Akaike's criterion."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import Psychometric, count_choices, fit_psychometric, signed_contrast
from bregma.one import ONE
from bregma.plots import plot_psychometric
from bregma.sessions import SessionLoader

one = ONE()
trials = SessionLoader(one, one.search(subject="SWC_054", task_protocol="training")[0]).load_trials()
contrasts, level = np.unique(np.abs(signed_contrast(trials)), return_inverse=True)
rewarded = (np.bincount(level), np.bincount(level, trials["feedbackType"] > 0).astype(int))

figure = Figure(figsize=(11, 4), layout="constrained")
signed, unsigned = figure.subplots(1, 2)
for axes, counts, models in (
    (signed, count_choices(trials), {"erf_psycho": "#0072b2", "erf_psycho_2gammas": "#d55e00"}),
    (unsigned, (contrasts, *rewarded), {"weibull": "#cc79a7", "weibull50": "#009e73"}),
):
    for (model, color), line in zip(models.items(), ("--", "-"), strict=True):
        fit = fit_psychometric(*counts, model=model)
        aic = 2 * len(fit.estimates) - 2 * fit.log_likelihood
        label = f"{model}, AIC {aic:.1f}"
        plot_psychometric(Psychometric(*counts, fit), ax=axes, color=color, linestyle=line, label=label)
    axes.legend(frameon=False, loc="lower right")
figure.savefig("psychometric_models.png", dpi=150)
