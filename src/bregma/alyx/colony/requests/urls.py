"""Addresses of requests."""

from django.urls import path

from bregma.alyx.colony.requests import views
from bregma.alyx.colony.requests.listing import REQUESTS
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    *list_paths("colony/requests/", REQUESTS),
    path("colony/requests/new/", views.ask, name="request-new"),
    path("colony/requests/<uuid:key>/", views.show, name="request"),
    path("colony/requests/<uuid:key>/close/", views.close, name="request-close"),
]
