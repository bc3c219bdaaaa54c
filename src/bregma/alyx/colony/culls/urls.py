"""Addresses of culls."""

from django.urls import path

from bregma.alyx.colony.culls import views
from bregma.alyx.colony.culls.listing import CULLS
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    *list_paths("colony/culls/", CULLS),
    path("colony/subjects/<str:reference>/cull/", views.cull, name="subject-cull"),
    path("colony/subjects/<str:reference>/cull/undo/", views.undo, name="subject-cull-undo"),
]
