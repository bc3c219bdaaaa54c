"""Where each URL of the server leads."""

from django.contrib import admin
from django.urls import include, path

from bregma.alyx.access.connect import connect

urlpatterns = [
    path("", include("bregma.alyx.api.urls")),  # first: addresses are tried in turn, and clients ask these most
    path("", include("bregma.alyx.web.urls")),
    path("results/", include("bregma.alyx.results.urls")),
    path("account/", include("bregma.alyx.access.urls")),
    path("connect", connect, name="connect"),
    path("admin/", admin.site.urls),
    path("", include("bregma.alyx.today.urls")),
    path("", include("bregma.alyx.notebook.urls")),
    path("", include("bregma.alyx.history.urls")),
    path("", include("bregma.alyx.inbox.urls")),
    path("", include("bregma.alyx.colony.urls")),
    path("", include("bregma.alyx.watch.urls")),
]

handler403 = "bregma.alyx.web.views.forbidden"
handler404 = "bregma.alyx.web.views.not_found"
handler500 = "bregma.alyx.web.views.failed"
