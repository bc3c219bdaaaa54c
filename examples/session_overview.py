"""A session on one sheet: choices and reaction times in each block, and how it went from trial to trial."""

from bregma.brainbox import summarize_session
from bregma.one import ONE
from bregma.plots import plot_session_overview
from bregma.sessions import SessionLoader

one = ONE()
eid = one.search(subject="SWC_054", task_protocol="biased")[0]
trials = SessionLoader(one, eid).load_trials()
title = f"{one.eid2ref(eid, as_dict=False)}, {len(trials)} trials"
axes = plot_session_overview(summarize_session(trials), title=title)
axes["psychometric"].get_figure(root=True).savefig("session_overview.png", dpi=120)
