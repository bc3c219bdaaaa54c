"""Addresses of the pages that belong to no app."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from bregma.alyx.web import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("login", views.LogIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="login"), name="logout"),
    path("sign-in/<str:token>", views.sign_in, name="sign-in"),
    path("api/", views.api_docs, name="api-docs"),
]
