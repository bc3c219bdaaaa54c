"""What the page of a subject shows around its charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from bregma.alyx.policy import has_account
from bregma.alyx.results import behavior, selectors, welfare
from bregma.alyx.results.credits import simulated_fields, simulated_welfare, source_of
from bregma.alyx.results.training_days import load_days

if TYPE_CHECKING:
    from bregma.alyx.policy import User
    from bregma.alyx.subjects.models import Subject
    from bregma.alyx.subjects.water import WaterControl
    from bregma.pipelines.results import TrainingDay

Facts = dict[str, Any]


def describe_subject(connection: Any, user: User, subject: Subject) -> Facts:
    """Return what the template of a subject needs; the charts fetch their own data."""
    days = load_days(connection, user, subject)
    sessions = _sessions(user, subject, days)
    return {
        "subject": subject,
        "status": days[-1].status if days else "",
        "sessions": sessions,
        "analysed": bool(days),
        "source": source_of(subject),
        "data": _addresses(subject),
        "files": _files(subject, ("training", "trials", "weights", "water")),
        "parameters": [_parameter(subject, name) for name in behavior.PARAMETERS],
        **_welfare(user, subject),
    }


def _sessions(user: User, subject: Subject, days: list[TrainingDay]) -> list[Any]:
    """List the sessions of a subject, each with its day of training if it has one."""
    known = {day.eid.strip(): day for day in days}
    sessions: list[Any] = list(selectors.find_sessions(user, selectors.SessionFilter(subject=subject.pk)))
    for session in sessions:
        session.day = known.get(str(session.pk))
        session.easy_percent = 100 * session.day.performance_easy if session.day else None
    return sessions


def _welfare(user: User, subject: Subject) -> Facts:
    made_up = [simulated_fields(subject)]
    if not has_account(user):
        return {"may_see_welfare": False, "simulated": _in_words(made_up)}
    rows = selectors.load_welfare(subject)
    if rows.simulated and not simulated_welfare(subject):
        made_up.append("weights and water")
    return {
        "may_see_welfare": True,
        "simulated": _in_words(made_up),
        "weight": welfare.last_weight(rows),
        "restriction": welfare.open_restriction(rows),
        "drink": _drink(rows.control) if welfare.open_restriction(rows) else None,
    }


def _drink(water: WaterControl) -> dict[str, float] | None:
    """Return the water (mL) of a restricted subject today: given, needed, due; None when its weight is unknown."""
    needed = water.expected_water()
    if not needed:
        return None
    return {"given": water.given_water_total(), "needed": needed, "due": water.remaining_water()}


def _in_words(names: list[str]) -> str:
    return ", ".join(name for name in names if name)


def _addresses(subject: Subject) -> dict[str, str]:
    names = ("training", "trials", "weights", "water")
    return {name: reverse(f"results:subject-{name}", args=[subject.pk]) for name in names}


def _files(subject: Subject, names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{subject.nickname}_{name}" for name in names}


def _parameter(subject: Subject, name: str) -> dict[str, str]:
    title, _ = behavior.PARAMETERS[name]
    url = reverse("results:subject-parameter", args=[subject.pk, name])
    return {"name": name, "title": title, "url": url, "file": f"{subject.nickname}_{name}"}
