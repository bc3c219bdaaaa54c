"""Addresses of the notebook."""

from __future__ import annotations

from django.urls import path, re_path

from bregma.alyx.notebook import pages
from bregma.alyx.notebook.calendar.views import calendar
from bregma.alyx.notebook.comments import views as comments
from bregma.alyx.notebook.insertions import views as insertions
from bregma.alyx.notebook.notes import views as notes
from bregma.alyx.notebook.notes.api import UploadedView
from bregma.alyx.notebook.notes.listing import NOTES
from bregma.alyx.notebook.printing import views as printing
from bregma.alyx.notebook.search.views import search_page
from bregma.alyx.notebook.sessions import views as sessions
from bregma.alyx.notebook.surgeries.kinds import INJECTION, OTHER, SURGERY
from bregma.alyx.notebook.surgeries.listing import INJECTIONS, OTHER_ACTIONS, SURGERIES
from bregma.alyx.notebook.surgeries.views import kind_paths
from bregma.alyx.notebook.tasks import views as tasks
from bregma.alyx.notebook.tasks.listing import TASKS
from bregma.alyx.web.lists import list_paths

SUBJECT = "colony/subjects/<str:reference>/"
SESSION = "notebook/sessions/<uuid:pk>/"
NOTE = "notebook/notes/<uuid:pk>/"
PROBE = "notebook/insertions/<uuid:pk>/"

urlpatterns = [
    path("notebook/calendar/", calendar, name="calendar"),
    path("search/", search_page, name="search"),
    path("notebook/", pages.notebook, name="notebook"),
    path(f"{SUBJECT}sessions/", pages.subject_sessions, name="subject-sessions"),
    path(f"{SUBJECT}session/", sessions.enter, name="subject-session"),
    path(f"{SUBJECT}notes/", notes.subject_notes, name="subject-notes"),
    path(f"{SUBJECT}note/", notes.write_on_subject, name="subject-note"),
    path("notebook/sessions/new/", sessions.enter, name="session-new"),
    path(SESSION, sessions.session, name="session"),
    path(f"{SESSION}edit/", sessions.edit, name="session-edit"),
    path(f"{SESSION}narrative/", sessions.narrative, name="session-narrative"),
    path(f"{SESSION}quality/", sessions.quality, name="session-quality"),
    path(f"{SESSION}files/", sessions.datasets, name="session-files"),
    path(f"{SESSION}delete/", sessions.delete, name="session-delete"),
    path(f"{SESSION}record.pdf", printing.session_record, name="session-record"),
    path(f"{SUBJECT}record.pdf", printing.subject_record, name="subject-record"),
    path(f"{SESSION}probe/", insertions.plan, name="insertion-new"),
    *list_paths("notebook/notes/", NOTES),
    path(NOTE, notes.note, name="note"),
    path(f"{NOTE}edit/", notes.edit, name="note-edit"),
    path(f"{NOTE}delete/", notes.delete, name="note-delete"),
    path("notebook/notes/on/<str:kind>/<uuid:key>/", notes.write, name="note-write"),
    path("notebook/images/<uuid:pk>", notes.image, name="note-image"),
    re_path(r"^uploaded/(?P<path>[\w./-]+)$", UploadedView.as_view(), name="uploaded"),
    path("notebook/comments/on/<str:kind>/<uuid:key>/", comments.write, name="comment-write"),
    path("notebook/comments/<uuid:pk>/", comments.edit, name="comment-edit"),
    path("notebook/comments/<uuid:pk>/delete/", comments.delete, name="comment-delete"),
    path("notebook/people/", comments.people, name="people"),
    *list_paths("notebook/surgeries/", SURGERIES),
    *list_paths("notebook/injections/", INJECTIONS),
    *list_paths("notebook/actions/", OTHER_ACTIONS),
    *kind_paths(SURGERY, "notebook/surgeries/", "surgery"),
    *kind_paths(INJECTION, "notebook/injections/", "injection"),
    *kind_paths(OTHER, "notebook/actions/", "action"),
    *list_paths("notebook/insertions/", insertions.INSERTIONS),
    path(PROBE, insertions.insertion, name="insertion"),
    path(f"{PROBE}copy/", insertions.copy, name="insertion-copy"),
    path(f"{PROBE}trajectory/<int:provenance>/", insertions.trajectory, name="trajectory"),
    *list_paths("notebook/tasks/", TASKS),
    path("notebook/tasks/by-session/", tasks.matrix, name="task-matrix"),
    path("notebook/tasks/<uuid:pk>/", sessions.task_log, name="task-log"),
]
