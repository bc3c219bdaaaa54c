"""Addresses of the notification centre."""

from __future__ import annotations

from django.urls import path

from bregma.alyx.inbox import views
from bregma.alyx.inbox.listing import LOG
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="inbox-read-all"),
    path("inbox/preferences/", views.preferences, name="inbox-preferences"),
    *list_paths("inbox/log/", LOG),
    path("inbox/<uuid:key>/", views.open_notice, name="inbox-open"),
    path("inbox/<uuid:key>/read/", views.read, name="inbox-read"),
]
