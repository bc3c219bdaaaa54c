"""Clients of the pages, and more rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def many(world: Any) -> Callable[[int], list[Any]]:
    """Return a maker of subjects, each with a line, a project, an allele, a session and a weighing."""
    from tests.alyx.factories import make_session

    from bregma.alyx.actions.models import Weighing
    from bregma.alyx.subjects.models import Allele, Line, Project, Subject, Zygosity

    def make(n: int) -> list[Any]:
        line = Line.objects.get_or_create(name="Ai148", nickname="Ai148")[0]
        allele = Allele.objects.get_or_create(nickname="Cre", name="Cre")[0]
        project = Project.objects.get_or_create(name="motor")[0]
        made = []
        for i in range(n):
            subject = Subject.objects.create(
                nickname=f"M{Subject.objects.count():03d}",
                lab=world.lab,
                line=line,
                responsible_user=world.people["alice"],
                birth_date=date(2024, 1, 1) + timedelta(days=i),
            )
            subject.projects.add(project)
            Zygosity.objects.create(subject=subject, allele=allele, zygosity=1)
            session = make_session(subject)
            session.users.add(world.people["alice"])
            Weighing.objects.create(subject=subject, weight=20 + i)
            made.append(subject)
        return made

    return make
