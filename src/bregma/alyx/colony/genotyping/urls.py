"""Addresses of genotyping."""

from django.urls import path

from bregma.alyx.colony.genotyping import views
from bregma.alyx.colony.genotyping.listing import GENOTYPING
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    *list_paths("colony/genotyping/", GENOTYPING),
    path("colony/genotyping/enter/", views.enter, name="genotype-enter"),
    path("colony/genotyping/import/", views.import_table, name="genotype-import"),
    path("colony/genotyping/conflicts/", views.conflicts, name="genotype-conflicts"),
]
