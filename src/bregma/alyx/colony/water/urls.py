"""Addresses of a subject's weights and water."""

from django.urls import path, re_path

from bregma.alyx.colony.water import entries, restrictions, views

SUBJECT = "colony/subjects/<str:reference>/water/"
ENTRY = r"^colony/subjects/(?P<reference>[^/]+)/water/(?P<kind>weighing|water)/(?P<key>[0-9a-f-]{36})/"

urlpatterns = [
    path(SUBJECT, views.tab, name="subject-water"),
    path(f"{SUBJECT}due/", views.due, name="subject-water-due"),
    path(f"{SUBJECT}chart.json", views.chart, name="subject-water-chart"),
    path(f"{SUBJECT}weigh/", entries.enter_weight, name="subject-weigh"),
    path(f"{SUBJECT}give/", entries.enter_water, name="subject-give-water"),
    re_path(f"{ENTRY}$", entries.correct, name="subject-water-correct"),
    re_path(f"{ENTRY}delete/$", entries.delete, name="subject-water-delete"),
    path(f"{SUBJECT}restrict/", restrictions.begin, name="subject-restrict"),
    path(f"{SUBJECT}restrictions/<uuid:key>/", restrictions.change, name="subject-restriction"),
    path(f"{SUBJECT}restrictions/<uuid:key>/end/", restrictions.end, name="subject-restriction-end"),
]
