"""Does the mouse know the blocks? Its psychometric curve in each, and how sure the shift of its bias is."""

from bregma.brainbox import compute_psychometric, profile_psychometric
from bregma.one import ONE
from bregma.plots import plot_psychometric
from bregma.sessions import SessionLoader

one = ONE()
eid = one.search(subject="SWC_054", task_protocol="biased")[0]
trials = SessionLoader(one, eid).load_trials()

axes = None
for block in (0.2, 0.8):
    psychometric = compute_psychometric(trials, block)
    bias = profile_psychometric(psychometric).to_xarray().sel(parameter="bias")
    label = f"{block:.0%} left: bias {bias.estimate:.0f} % ({bias.low:.0f} to {bias.high:.0f})"
    axes = plot_psychometric(psychometric, ax=axes, label=label)
axes.legend(frameon=False)
axes.set_title(one.eid2ref(eid, as_dict=False))
axes.figure.savefig("psychometric_by_block.png", dpi=150)
