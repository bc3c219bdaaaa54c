"""Addresses of the pages that belong to no app."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

from bregma.alyx.web import views
from bregma.alyx.web.lists import list_paths
from bregma.alyx.web.sessions.listing import SESSIONS
from bregma.alyx.web.subjects import views as subjects
from bregma.alyx.web.subjects.listing import SUBJECTS

urlpatterns = [
    path("", views.overview, name="overview"),
    path("login", views.LogIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="login"), name="logout"),
    path("sign-in/<str:token>", views.sign_in, name="sign-in"),
    *list_paths("colony/subjects/", SUBJECTS),
    path("colony/subjects/new/", subjects.enter, name="subject-new"),
    path("colony/subjects/<str:reference>/", subjects.overview, name="subject"),
    path("colony/subjects/<str:reference>/edit/", subjects.edit, name="subject-edit"),
    *list_paths("notebook/sessions/", SESSIONS),
    # The admin's own log-in page would count no attempts.
    path("admin/login/", login_not_required(RedirectView.as_view(pattern_name="login", query_string=True))),
]
