"""Addresses of the colony: those of each of its parts."""

from django.urls import include, path

urlpatterns = [
    path("", include("bregma.alyx.colony.cages.urls")),
    path("", include("bregma.alyx.colony.breeding.urls")),
    path("", include("bregma.alyx.colony.genotyping.urls")),
    path("", include("bregma.alyx.colony.culls.urls")),
    path("", include("bregma.alyx.colony.requests.urls")),
    path("", include("bregma.alyx.colony.welfare.urls")),
    path("", include("bregma.alyx.colony.water.urls")),
]
