"""Where recordings are in the brain: of a mouse, of an insertion, and counted by region over all sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bregma.alyx.actions.models import Session
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.policy import readable
from bregma.alyx.results import selectors
from bregma.alyx.results.brain import scenes, statistics
from bregma.alyx.results.brain.drawing import KINDS, NoAtlasHere, NotDrawn, draw, find_atlas
from bregma.alyx.results.brain.places import Places, find_places
from bregma.alyx.results.brain.statistics import STATISTICS
from bregma.alyx.results.views.questions import identifier
from bregma.alyx.results.visibility import with_visible_spikes
from bregma.alyx.subjects.models import Subject
from bregma.alyx.web.csp import PAGES, join
from bregma.atlas import ALLEN_CREDIT
from bregma.pipelines.results import load_units_of_many

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from bregma.alyx.results.brain.statistics import RegionNumbers, Statistic, Units

# The frame shows a file of ours that may run its own script and reach nothing.
_PAGE_POLICY = join({**PAGES, "frame-src": "'self'"})
_FILE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; connect-src data: blob:; frame-ancestors 'self'"
)


@require_safe
def subject(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the recordings of a mouse."""
    try:
        found = selectors.load_subject(request.user, reference)
    except selectors.AmbiguousSubject:
        return HttpResponseRedirect(f"{reverse('results:subjects')}?search={reference}")
    except Subject.DoesNotExist as missing:
        raise Http404(str(missing)) from missing
    places = _of_subject(request, found)
    back = {"back": reverse("results:subject", args=[found.pk]), "back_title": found.nickname}
    file = reverse("results:subject-brain-file", args=[found.pk, "png"])
    return _page(request, places, back | {"title": f"Brain of {found.nickname}", "picture": file})


@require_safe
def subject_file(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Answer that as a picture or in 3D."""
    try:
        found = selectors.load_subject(request.user, reference)
    except (Subject.DoesNotExist, selectors.AmbiguousSubject) as missing:
        raise Http404(str(missing)) from missing
    return _file(request, scenes.scene_of_places(_of_subject(request, found), f"Recordings of {found.nickname}"), kind)


@require_safe
def session(request: HttpRequest, eid: UUID) -> HttpResponse:
    """Show the insertions of a session; ``?pid=`` chooses one."""
    found, title, places = _of_session(request, eid)
    query = f"?pid={request.GET['pid']}" if identifier(request.GET.get("pid")) else ""
    back = {"back": reverse("results:session", args=[found.pk]), "back_title": str(found.subject.nickname)}
    file = reverse("results:session-brain-file", args=[found.pk, "png"]) + query
    choices = [(one.name, f"?pid={one.pk}") for one in selectors.load_insertions(request.user, found.pk)]
    return _page(request, places, back | {"title": title, "picture": file, "choices": choices, "query": query})


@require_safe
def session_file(request: HttpRequest, eid: UUID, kind: str) -> HttpResponse:
    """Answer that as a picture or in 3D."""
    _, title, places = _of_session(request, eid)
    return _file(request, scenes.scene_of_places(places, title), kind)


@require_safe
def regions(request: HttpRequest, statistic: str) -> HttpResponse:
    """Show a number for each region, over all sessions that the visitor may see; ``?mapping=`` chooses the regions."""
    wanted, mapping = _statistic(statistic), _mapping(request)
    places, units = _of_all(request, wanted)
    found = _numbers(places, units, wanted, mapping)
    query = f"?mapping={mapping}"
    shown: dict[str, Any] = {
        "title": f"{wanted.title} by region",
        "rows": statistics.table_of_regions(found),
        "statistic": wanted,
        "choices": [(one.title, reverse("results:regions", args=[one.name]) + query) for one in STATISTICS.values()],
        "mappings": [(name, f"?mapping={name}") for name in statistics.MAPPINGS],
        "query": query,
        "address": request.path + query,
        "picture": reverse("results:regions-file", args=[wanted.name, "png"]) + query,
        "back": reverse("overview"),
        "back_title": "Overview",
    }
    if units is not None:
        shown |= {"n_units": len(units.region_ids), "n_placed": int(np.count_nonzero(units.region_ids))}
    return _page(request, places, shown)


@require_safe
def regions_file(request: HttpRequest, statistic: str, kind: str) -> HttpResponse:
    """Answer that as a picture or in 3D."""
    wanted, mapping = _statistic(statistic), _mapping(request)
    found = _numbers(*_of_all(request, wanted), wanted, mapping)
    return _file(request, scenes.scene_of_statistic(found, wanted, mapping), kind)


def _page(request: HttpRequest, places: Places, shown: dict[str, Any]) -> HttpResponse:
    try:
        find_atlas()
    except NoAtlasHere as missing:
        shown["no_atlas"] = str(missing)
    about = {
        "labels": sorted(places.labels),
        "sources": places.sources,
        "n_sites": len(places.sites),
        "is_empty": places.is_empty,
        "credit": ALLEN_CREDIT,
    }
    frame = shown["picture"].replace("brain.png", "brain.html")
    response = render(request, "results/brain.html", about | shown | {"frame": frame})
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    return response


@gzip_page
@cache_control(private=True, no_cache=True)
def _file(request: HttpRequest, scene: dict[str, Any], kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404(f"a brain is drawn as {', '.join(KINDS)}")
    try:
        content = draw(scene, kind).read_bytes()
    except NoAtlasHere as missing:
        raise Http404(str(missing)) from missing
    except NotDrawn as reason:
        return HttpResponse(str(reason), status=503, content_type="text/plain", headers={"Retry-After": "60"})
    headers = {"Content-Security-Policy": _FILE_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)


def _of_subject(request: HttpRequest, found: Subject) -> Places:
    insertions = readable(request.user, ProbeInsertion.objects.all()).filter(session__subject=found)
    return find_places(request.user, insertions)


def _of_session(request: HttpRequest, eid: UUID) -> tuple[Session, str, Places]:
    try:
        found = selectors.load_session(request.user, eid)
    except Session.DoesNotExist as missing:
        raise Http404(str(missing)) from missing
    insertions = readable(request.user, ProbeInsertion.objects.all()).filter(session=found)
    pid = identifier(request.GET.get("pid"))
    chosen = insertions.filter(pk=pid) if pid else insertions
    names = ", ".join(chosen.order_by("name").values_list("name", flat=True)) or "no insertion"
    day = f"{found.start_time:%-d %B %Y}"
    return found, f"{found.subject.nickname}, {day}: {names}", find_places(request.user, chosen)


def _of_all(request: HttpRequest, wanted: Statistic) -> tuple[Places, Units | None]:
    """Return what is known of all insertions, with their units only where they are asked for."""
    insertions = readable(request.user, ProbeInsertion.objects.all())
    places = find_places(request.user, insertions)
    if not wanted.of_units:
        return places, None
    seen = with_visible_spikes(request.user, insertions).order_by().values_list("pk", flat=True)
    return places, statistics.place_units(places, load_units_of_many(connection, seen))


def _numbers(places: Places, units: Units | None, wanted: Statistic, mapping: str) -> RegionNumbers:
    if units is None:
        return statistics.count_by_region(places, wanted, mapping)
    return statistics.average_by_region(units, wanted, mapping)


def _statistic(name: str) -> Statistic:
    if name not in STATISTICS:
        raise Http404(f"no statistic {name!r}; there are {', '.join(STATISTICS)}")
    return STATISTICS[name]


def _mapping(request: HttpRequest) -> str:
    name = request.GET.get("mapping", statistics.MAPPINGS[0])
    if name not in statistics.MAPPINGS:
        raise Http404(f"no mapping {name!r}; there are {', '.join(statistics.MAPPINGS)}")
    return name
