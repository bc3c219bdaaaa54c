"""The first page: labs, subjects, latest sessions, analyses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from bregma.alyx.misc.models import Lab
from bregma.alyx.policy import readable
from bregma.alyx.results import selectors
from bregma.alyx.results.listing import SubjectLine, describe_subjects
from bregma.alyx.results.pipeline import Pipeline, load_pipeline

if TYPE_CHECKING:
    from bregma.alyx.actions.models import Session
    from bregma.alyx.policy import User

N_SUBJECTS, N_SESSIONS = 12, 8


@dataclass(frozen=True)
class Overview:
    """What the first page shows."""

    labs: list[Lab]
    totals: selectors.Totals
    subjects: list[SubjectLine]
    sessions: list[Session]
    pipeline: Pipeline


def load_overview(user: User) -> Overview:
    """Read the first page: the subjects and sessions that were active last."""
    subjects = selectors.find_subjects(user, selectors.SubjectFilter())[:N_SUBJECTS]
    return Overview(
        labs=list(readable(user, Lab.objects.order_by("name"))),
        totals=selectors.count_all(user),
        subjects=describe_subjects(connection, user, list(subjects)),
        sessions=list(selectors.find_sessions(user, selectors.SessionFilter())[:N_SESSIONS]),
        pipeline=load_pipeline(connection, user),
    )
