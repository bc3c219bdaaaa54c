"""The psychometric curve of a mouse's last training session, searched, loaded, fitted and drawn."""

from bregma.brainbox import compute_psychometric
from bregma.one import ONE
from bregma.plots import plot_psychometric
from bregma.sessions import SessionLoader

one = ONE()
eid = one.search(subject="SWC_054", task_protocol="biased")[0]
psychometric = compute_psychometric(SessionLoader(one, eid).load_trials())
axes = plot_psychometric(psychometric)
axes.set_title(one.eid2ref(eid, as_dict=False))
axes.figure.savefig("psychometric_curve.png", dpi=150)
