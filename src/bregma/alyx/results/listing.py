"""Lines of the list of subjects: the row, its training so far, and its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.alyx.policy import is_member
from bregma.pipelines.results import load_trainings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.policy import User
    from bregma.alyx.subjects.models import Subject

SPARK_DAYS = 30


@dataclass(frozen=True)
class SubjectLine:
    """One line: the subject with what the query added, its status, and the easy performance (%) of its last days."""

    subject: Subject
    status: str
    performance: tuple[float, ...]

    @property
    def weight_percent(self) -> float | None:
        """Last weight in % of the reference weight of the open restriction; None when either is unknown."""
        weight, reference = getattr(self.subject, "last_weight", None), getattr(self.subject, "reference_weight", None)
        return 100 * weight / reference if weight and reference else None


def describe_subjects(connection: Any, user: User, subjects: Sequence[Subject]) -> list[SubjectLine]:
    """Add training to subjects: one query for all. Public accounts see it on the page of each subject only."""
    trainings = load_trainings(connection, [subject.pk for subject in subjects]) if is_member(user) else {}
    lines = []
    for subject in subjects:
        days = trainings.get(str(subject.pk), [])
        performance = tuple(100 * day.performance_easy for day in days[-SPARK_DAYS:])
        lines.append(SubjectLine(subject, days[-1].status if days else "", performance))
    return lines
