"""Addresses of the pages of results and of their data."""

from django.urls import path

from bregma.alyx.results.views import brain, data, pages

app_name = "results"

urlpatterns = [
    path("pipeline", pages.pipeline, name="pipeline"),
    path("subjects/", pages.subjects, name="subjects"),
    path("subjects/<str:reference>", pages.subject, name="subject"),
    path("subjects/<str:reference>/training.json", data.training, name="subject-training"),
    path("subjects/<str:reference>/trials.json", data.trials, name="subject-trials"),
    path("subjects/<str:reference>/parameters/<str:name>.json", data.parameter, name="subject-parameter"),
    path("subjects/<str:reference>/weights.json", data.weights, name="subject-weights"),
    path("subjects/<str:reference>/water.json", data.water, name="subject-water"),
    path("subjects/<str:reference>/brain", brain.subject, name="subject-brain"),
    path("subjects/<str:reference>/brain.<str:kind>", brain.subject_file, name="subject-brain-file"),
    path("regions/<str:statistic>", brain.regions, name="regions"),
    path("regions/<str:statistic>/brain.<str:kind>", brain.regions_file, name="regions-file"),
    path("sessions/<uuid:eid>/brain", brain.session, name="session-brain"),
    path("sessions/<uuid:eid>/brain.<str:kind>", brain.session_file, name="session-brain-file"),
    path("sessions/", pages.sessions, name="sessions"),
    path("sessions/<uuid:eid>", pages.session, name="session"),
    path("sessions/<uuid:eid>/state", pages.session_state, name="session-state"),
    path("sessions/<uuid:eid>/psychometric.json", data.psychometric, name="session-psychometric"),
    path("sessions/<uuid:eid>/reaction-times.json", data.reaction_times, name="session-reaction-times"),
    path(
        "sessions/<uuid:eid>/reaction-time-trials.json",
        data.reaction_time_trials,
        name="session-reaction-time-trials",
    ),
    path("sessions/<uuid:eid>/drift-map.json", data.drift_map, name="session-drift-map"),
    path("sessions/<uuid:eid>/units.json", data.units, name="session-units"),
    path("sessions/<uuid:eid>/autocorrelogram.json", data.autocorrelogram, name="session-autocorrelogram"),
    path("sessions/<uuid:eid>/raster.json", data.raster, name="session-raster"),
    path("sessions/<uuid:eid>/psth.json", data.psth, name="session-psth"),
]
