"""JSON of the charts: one address per figure, beside the page that shows it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bregma.alf import ALFError
from bregma.alyx.actions.models import Weighing
from bregma.alyx.policy import has_account
from bregma.alyx.results import behavior, insertions, selectors, visibility, welfare
from bregma.alyx.results.charts import Chart, message
from bregma.alyx.results.training_days import load_days
from bregma.alyx.results.views.questions import identifier, number, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from bregma.alyx.actions.models import Session
    from bregma.alyx.experiments.models import ProbeInsertion
    from bregma.alyx.subjects.models import Subject
    from bregma.pipelines.results import TrainingDay


def _figure(view: Callable[..., Chart]) -> Callable[..., HttpResponse]:
    """Answer a chart as JSON; what may not be read was not found; a damaged or hidden file is named in its place."""

    @require_safe
    @gzip_page
    @cache_control(private=True, no_cache=True)
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            chart = view(request, *args, **kwargs)
        except ObjectDoesNotExist as missing:
            raise Http404(str(missing)) from missing
        except selectors.AmbiguousSubject as several:
            raise Http404(f"several subjects are called {several}; use the uuid") from several
        except (visibility.NotPublic, ALFError) as reason:
            chart = message(str(reason))
        return JsonResponse(chart.to_dict(), json_dumps_params={"allow_nan": False, "separators": (",", ":")})

    return answer


@_figure
def training(request: HttpRequest, reference: str) -> Chart:
    """Performance over days."""
    return behavior.training_figure(_days(request, reference))


@_figure
def trials(request: HttpRequest, reference: str) -> Chart:
    """Trials per session."""
    return behavior.trials_figure(_days(request, reference))


@_figure
def parameter(request: HttpRequest, reference: str, name: str) -> Chart:
    """One parameter over days."""
    if name not in behavior.PARAMETERS:
        raise Http404(f"no parameter {name!r}; there are {', '.join(behavior.PARAMETERS)}")
    return behavior.parameter_figure(_days(request, reference), name)


@_figure
def weights(request: HttpRequest, reference: str) -> Chart:
    """Weights and their limits."""
    return welfare.weight_chart(_welfare(request, reference))


@_figure
def water(request: HttpRequest, reference: str) -> Chart:
    """Water given each day."""
    return welfare.water_chart(_welfare(request, reference))


@_figure
def psychometric(request: HttpRequest, eid: UUID) -> Chart:
    """Psychometric curves."""
    return behavior.psychometric_figure(connection, _session(request, eid).pk)


@_figure
def reaction_times(request: HttpRequest, eid: UUID) -> Chart:
    """Median reaction times."""
    return behavior.reaction_time_figure(connection, _session(request, eid).pk)


@_figure
def reaction_time_trials(request: HttpRequest, eid: UUID) -> Chart:
    """Reaction times of all trials."""
    return behavior.reaction_time_trials_figure(_session(request, eid))


@_figure
def drift_map(request: HttpRequest, eid: UUID) -> Chart:
    """Drift map of the insertion ``?pid=``."""
    return insertions.drift_figure(connection, _insertion(request, eid).pk)


@_figure
def units(request: HttpRequest, eid: UUID) -> Chart:
    """All units of the insertion ``?pid=``."""
    return insertions.units_figure(connection, _insertion(request, eid).pk)


@_figure
def autocorrelogram(request: HttpRequest, eid: UUID) -> Chart:
    """Autocorrelogram of ``?unit=``."""
    return insertions.autocorrelogram_figure(connection, _insertion(request, eid).pk, _unit(request))


@_figure
def raster(request: HttpRequest, eid: UUID) -> Chart:
    """Spikes of ``?unit=`` around ``?event=``."""
    insertion = _insertion(request, eid)
    return insertions.raster_figure(insertion, _session(request, eid), _unit(request), text(request.GET, "event"))


@_figure
def psth(request: HttpRequest, eid: UUID) -> Chart:
    """Firing rate of ``?unit=`` around ``?event=``."""
    insertion = _insertion(request, eid)
    event = text(request.GET, "event")
    return insertions.psth_figure(connection, insertion, _session(request, eid), _unit(request), event)


def _subject(request: HttpRequest, reference: str) -> Subject:
    return selectors.load_subject(request.user, reference)


def _session(request: HttpRequest, eid: UUID) -> Session:
    """Return a session whose trials the visitor may see."""
    session = selectors.load_session(request.user, eid)
    if not visibility.may_see_trials(request.user, session):
        raise visibility.NotPublic("The trials of this session are not public.")
    return session


def _insertion(request: HttpRequest, eid: UUID) -> ProbeInsertion:
    pid = identifier(request.GET.get("pid"))
    if pid is None:
        raise Http404("the address needs ?pid=, the uuid of an insertion")
    insertion = selectors.load_insertion(request.user, eid, pid)
    if not visibility.may_see_spikes(request.user, insertion):
        raise visibility.NotPublic("The spikes of this insertion are not public.")
    return insertion


def _unit(request: HttpRequest) -> int:
    return number(request.GET.get("unit"))


def _days(request: HttpRequest, reference: str) -> list[TrainingDay]:
    return load_days(connection, request.user, _subject(request, reference))


def _welfare(request: HttpRequest, reference: str) -> selectors.Welfare:
    subject = _subject(request, reference)
    if not has_account(request.user):
        raise Weighing.DoesNotExist("weights are not for the public")
    return selectors.load_welfare(subject)
