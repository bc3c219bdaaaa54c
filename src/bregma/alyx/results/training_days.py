"""A subject's days of training, as far as a user may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alyx.results.visibility import visible_sessions
from bregma.pipelines.results import load_training

if TYPE_CHECKING:
    from bregma.alyx.policy import User
    from bregma.alyx.subjects.models import Subject
    from bregma.pipelines.results import TrainingDay


def load_days(connection: Any, user: User, subject: Subject) -> list[TrainingDay]:
    """Return the analysed sessions of a subject whose trials the user may see, in order of time."""
    visible = visible_sessions(user, subject)
    days = load_training(connection, str(subject.pk))
    return list(days) if visible is None else [day for day in days if UUID(day.eid) in visible]
