"""Addresses of welfare: the landing page, adverse events, licences, returns, and the tab of a subject."""

from django.urls import path, re_path

from bregma.alyx.colony.welfare.listing import EVENTS, LICENCES
from bregma.alyx.colony.welfare.views import events, landing, licences, returns, subject
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    path("colony/welfare/", landing.welfare, name="welfare"),
    *list_paths("colony/welfare/events/", EVENTS),
    path("colony/welfare/events/<uuid:key>/", events.event, name="adverse-event"),
    *list_paths("colony/welfare/licences/", LICENCES),
    path("colony/welfare/licences/new/", licences.enter, name="licence-new"),
    path("colony/welfare/licences/<uuid:key>/", licences.licence, name="licence"),
    path("colony/welfare/licences/<uuid:key>/edit/", licences.edit, name="licence-edit"),
    path("colony/welfare/licences/<uuid:key>/assign/", licences.assign, name="licence-assign"),
    path("colony/welfare/uses/<uuid:key>/end/", licences.end, name="licence-use-end"),
    path("colony/welfare/returns/", returns.returns, name="returns"),
    re_path(r"^colony/welfare/returns/export\.(?P<kind>csv|xlsx)$", returns.export, name="returns-export"),
    path("colony/subjects/<str:reference>/welfare/", subject.tab, name="subject-welfare"),
    path("colony/subjects/<str:reference>/adverse-event/", events.report, name="subject-adverse-event"),
    path("colony/subjects/<str:reference>/severity/", subject.severity, name="subject-severity"),
    path("colony/subjects/<str:reference>/welfare/old-text/", subject.migrate, name="subject-adverse-text"),
]
