"""Lines of the list of subjects: the row, its training so far, and its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.alyx.policy import has_account, is_member
from bregma.alyx.subjects.water import load_water_today
from bregma.pipelines.results import load_trainings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.policy import User
    from bregma.alyx.subjects.models import Subject
    from bregma.alyx.subjects.water import WaterControl

SPARK_DAYS = 30


@dataclass(frozen=True)
class SubjectLine:
    """One line: the subject with what the query added, its status, and the easy performance (%) of its last days."""

    subject: Subject
    status: str
    performance: tuple[float, ...]

    water: WaterControl | None = None
    """Its weights and water of today; None for those who may not know."""

    @property
    def weight_percent(self) -> float | None:
        """Last weight in % of the expected one while water is restricted; None when either is unknown."""
        if self.water is None or not self.water.is_water_restricted() or not self.water.weight():
            return None
        return self.water.percentage_weight() or None

    @property
    def water_today(self) -> float | None:
        """Water given today, in mL; None when none was."""
        return (self.water.given_water_total() or None) if self.water else None


def describe_subjects(connection: Any, user: User, subjects: Sequence[Subject]) -> list[SubjectLine]:
    """Add training and water to subjects: the same few queries for all. Public accounts see no water.

    They see training on the page of each subject only.
    """
    trainings = load_trainings(connection, [subject.pk for subject in subjects]) if is_member(user) else {}
    waters = load_water_today(subjects) if has_account(user) else {}
    lines = []
    for subject in subjects:
        days = trainings.get(str(subject.pk), [])
        performance = tuple(100 * day.performance_easy for day in days[-SPARK_DAYS:])
        lines.append(SubjectLine(subject, days[-1].status if days else "", performance, waters.get(subject.pk)))
    return lines
