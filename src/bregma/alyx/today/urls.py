"""Addresses of the day's work."""

from django.urls import path, re_path

from bregma.alyx.today.views import corrections, entries, page

ENTRY = r"^today/(?P<kind>weight|water)/(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/"

urlpatterns = [
    path("today/", page.today, name="today"),
    path("today/worker.js", page.worker, name="today-worker"),
    path("today/enter/", entries.take, name="today-enter"),
    path("today/due/<uuid:subject>/", entries.due, name="today-due"),
    path("today/not-trained/<uuid:subject>/", entries.not_trained, name="today-not-trained"),
    re_path(f"{ENTRY}$", corrections.change, name="today-correct"),
    re_path(f"{ENTRY}undo/$", corrections.remove, name="today-undo"),
]
