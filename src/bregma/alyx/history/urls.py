"""Addresses of the history of rows."""

from django.urls import path

from bregma.alyx.history import views

urlpatterns = [
    path("colony/subjects/<str:reference>/history/", views.subject_history, name="subject-history"),
    path("notebook/sessions/<uuid:pk>/history/", views.session_history, name="session-history"),
]
