"""Addresses of cages, racks and cards, and of the front page of the colony."""

from django.urls import path

from bregma.alyx.colony.cages import card_views, move_views, rack_views, views
from bregma.alyx.colony.cages.landing import landing
from bregma.alyx.colony.cages.listing import CAGES, RACKS
from bregma.alyx.web.lists import list_paths

urlpatterns = [
    path("colony/", landing, name="colony"),
    *list_paths("colony/cages/", CAGES),
    path("colony/cages/new/", views.open_new, name="cage-new"),
    path("colony/cages/cards.pdf", card_views.cards, name="cage-cards"),
    path("colony/cages/<uuid:pk>/", views.record, name="cage"),
    path("colony/cages/<uuid:pk>/move-in/", move_views.move_in, name="cage-move-in"),
    path("colony/cages/<uuid:pk>/move-out/", move_views.move_out, name="cage-move-out"),
    path("colony/cages/<uuid:pk>/conditions/", views.conditions, name="cage-conditions"),
    path("colony/cages/<uuid:pk>/place/", views.place, name="cage-place"),
    path("colony/cages/<uuid:pk>/clean/", views.clean, name="cage-clean"),
    path("colony/cages/<uuid:pk>/close/", views.close, name="cage-close"),
    path("colony/cages/<uuid:pk>/note/", views.write_note, name="cage-note"),
    *list_paths("colony/racks/", RACKS),
    path("colony/racks/new/", rack_views.enter, name="rack-new"),
    path("colony/racks/<uuid:pk>/", rack_views.rack_map, name="rack"),
    path("colony/racks/<uuid:pk>/put/", rack_views.put, name="rack-put"),
    path("colony/subjects/<str:reference>/move/", move_views.move_subject, name="subject-move"),
    path("c/<uuid:pk>", views.scan, name="cage-scan"),
]
