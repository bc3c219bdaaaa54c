"""What the page of a session shows around its charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from bregma.alyx.results import behavior, inputs, insertions, recordings, selectors, visibility
from bregma.alyx.results.credits import simulated_fields, source_of
from bregma.alyx.results.files import describe_datasets
from bregma.alyx.results.state import load_state
from bregma.alyx.results.training_days import load_days
from bregma.alyx.results.units import describe_units, has_depths, why_no_unit_map
from bregma.pipelines import results

if TYPE_CHECKING:
    from bregma.alyx.actions.models import Session
    from bregma.alyx.experiments.models import ProbeInsertion
    from bregma.alyx.policy import User

Facts = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """What the address chooses: an insertion, a unit and an event; empty where it does not say."""

    pid: str = ""
    unit: str = ""
    event: str = ""


def describe_session(connection: Any, user: User, session: Session, choice: Choice) -> Facts:
    """Return what the template of a session needs; the charts fetch their own data."""
    found = selectors.load_insertions(user, session.pk)
    insertion = next((one for one in found if str(one.pk) == choice.pid), found[0] if found else None)
    files = describe_datasets(selectors.load_datasets(user, session.pk))
    before, after = selectors.neighbours(user, session)
    return {
        "session": session,
        "source": source_of(session),
        "simulated": simulated_fields(session),
        "duration": _duration(session),
        "state": load_state(connection, session),
        "before": before,
        "after": after,
        "datasets": files,
        "total_size": sum(row.size or 0 for row in files),
        "of_probe": "spikes" if any(row.name.startswith("spikes.") for row in files) else "channels",
        "insertions": found,
        "insertion": insertion,
        "data": _addresses(session, insertion),
        "files": _file_names(session),
        **_behavior(connection, user, session),
        **(_ephys(connection, user, session, insertion, choice) if insertion else {}),
    }


def _behavior(connection: Any, user: User, session: Session) -> Facts:
    if not visibility.may_see_trials(user, session):
        return {"has_trials": False}
    if not inputs.has_trials_input(connection, session.pk):
        return {"has_trials": False, "why_no_behavior": inputs.why_no_behavior(session.pk)}
    fits = results.load_psychometrics(connection, str(session.pk))
    day = next((day for day in load_days(connection, user, session.subject) if UUID(day.eid) == session.pk), None)
    return {
        "has_trials": True,
        "fits": [_fit(fit) for fit in fits],
        "day": day,
        "easy_percent": 100 * day.performance_easy if day else None,
    }


def _fit(fit: results.Psychometric) -> Facts:
    names = ("bias", "threshold", "lapse_low", "lapse_high", "reliable", "problems")
    known = {name: getattr(fit, name) for name in names}
    return known | {"block": behavior.BLOCK_NAMES.get(fit.block, fit.block), "n_trials": int(sum(fit.n_trials))}


def _ephys(connection: Any, user: User, session: Session, insertion: ProbeInsertion, choice: Choice) -> Facts:
    if not visibility.may_see_spikes(user, insertion):
        return {"hidden_spikes": True}
    metrics = results.load_unit_metrics(connection, str(insertion.pk))
    table = describe_units(metrics)
    units = table.rows
    events = insertions.find_events(recordings.load_trials(session)) if visibility.may_see_trials(user, session) else []
    ids = [unit.cluster_id for unit in units]
    chosen = next((unit for unit in ids if str(unit) == choice.unit), ids[0] if ids else None)
    return {
        "units": units,
        "unit_columns": table.columns,
        "quality": table.quality,
        "unit": chosen,
        "events": events,
        "chosen_event": choice.event or (events[0].key if events else ""),
        "drift_title": f"{'Activity' if metrics and not has_depths(metrics) else 'Drift map'} of {insertion.name}",
        "why_no_unit_map": why_no_unit_map(metrics),
    }


def _duration(session: Session) -> str:
    if not session.start_time or not session.end_time:
        return ""
    minutes = round((session.end_time - session.start_time).total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _addresses(session: Session, insertion: ProbeInsertion | None) -> Facts:
    names = ("psychometric", "reaction-times", "reaction-time-trials")
    data = {name.replace("-", "_"): reverse(f"results:session-{name}", args=[session.pk]) for name in names}
    if insertion is None:
        return data
    pid = urlencode({"pid": insertion.pk})
    for name in ("drift-map", "units", "autocorrelogram", "psth", "raster"):
        data[name.replace("-", "_")] = f"{reverse(f'results:session-{name}', args=[session.pk])}?{pid}"
    data["autocorrelogram"] += "&unit={unit}"
    data["psth"] += "&unit={unit}&event={event}"
    data["raster"] += "&unit={unit}&event={event}"
    return data


def _file_names(session: Session) -> dict[str, str]:
    start = f"{session.start_time:%Y-%m-%d}" if session.start_time else str(session.pk)
    names = ("psychometric", "reaction_times", "reaction_time_trials", "drift_map")
    return {name: f"{session.subject.nickname}_{start}_{name}" for name in names}
