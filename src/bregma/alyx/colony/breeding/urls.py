"""Addresses of the pages of breeding."""

from __future__ import annotations

from django.urls import path

from bregma.alyx.colony.breeding.listing import LINES, LITTERS, PAIRS
from bregma.alyx.colony.breeding.views import calendar, family, lines, litters, pairs, weaning
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    *list_paths("colony/breeding/", PAIRS),
    path("colony/breeding/new/", pairs.start, name="breeding-pair-new"),
    path("colony/breeding/calendar/", calendar.calendar, name="breeding-calendar"),
    path("colony/breeding/candidates/", pairs.candidates, name="breeding-candidates"),
    path("colony/breeding/<uuid:pk>/", pairs.pair, name="breeding-pair"),
    path("colony/breeding/<uuid:pk>/edit/", pairs.change, name="breeding-pair-edit"),
    path("colony/breeding/<uuid:pk>/end/", pairs.end, name="breeding-pair-end"),
    path("colony/breeding/<uuid:pk>/plug/", pairs.plug, name="breeding-plug"),
    path("colony/breeding/<uuid:pk>/birth/", pairs.birth, name="breeding-birth"),
    *list_paths("colony/litters/", LITTERS),
    path("colony/litters/<uuid:pk>/", litters.litter, name="litter"),
    path("colony/litters/<uuid:pk>/edit/", litters.change, name="litter-edit"),
    path("colony/litters/<uuid:pk>/wean/", weaning.wean, name="litter-wean"),
    *list_paths("colony/lines/", LINES),
    path("colony/lines/<uuid:pk>/", lines.line, name="line"),
    path("colony/lines/<uuid:pk>/charts/<str:name>.json", lines.chart, name="line-chart"),
    path("colony/subjects/<str:reference>/family/", family.family, name="subject-family"),
]
