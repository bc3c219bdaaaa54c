"""The tabs and the actions of a subject's record, declared once; those whose page is not there are left out.

A tab is a view that takes ``reference``, calls :func:`load_record`, and renders a template that extends
``web/subjects/record.html`` with the blocks ``tab_title`` and ``tab``::

    def water(request, reference):
        record = load_record(request, reference, current="subject-water")
        return render(request, "actions/water.html", {**record, "days": …})
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from bregma.alyx import policy
from bregma.alyx.results.selectors import AmbiguousSubject, load_subject
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


@dataclass(frozen=True)
class Tab:
    """A page of the record; its URL takes the uuid of the subject."""

    label: str
    url_name: str
    for_members: bool = True


@dataclass(frozen=True)
class Action:
    """Something to do with a subject; offered to those who may write it while ``when`` holds."""

    label: str
    url_name: str
    icon: str = "next"
    when: Callable[[Subject], bool] = lambda subject: True


def is_alive(subject: Subject) -> bool:
    """Tell whether no day of death is entered."""
    return subject.death_date is None


TABS = (
    Tab("Overview", "subject", for_members=False),
    Tab("Weights and water", "subject-water"),
    Tab("Genotype and family", "subject-family"),
    Tab("Sessions", "subject-sessions", for_members=False),
    Tab("Notes", "subject-notes"),
    Tab("Welfare", "subject-welfare"),
    Tab("History", "subject-history"),
    Tab("Results", "results:subject", for_members=False),
)
ACTIONS = (
    Action("Edit", "subject-edit", "edit"),
    Action("Weigh", "subject-weigh", "scale", is_alive),
    Action("Give water", "subject-give-water", "drop", is_alive),
    Action("Restrict water", "subject-restrict", "drop", is_alive),
    Action("Move to a cage", "subject-move", "cage", is_alive),
    Action("Write a note", "subject-note", "note"),
    Action("New session", "subject-session", "clock", is_alive),
    Action("New surgery", "subject-surgery", "scalpel", is_alive),
    Action("Adverse event", "subject-adverse-event", "warning"),
    Action("Print the record", "subject-record", "print"),
    Action("Cull", "subject-cull", "flag", is_alive),
)


def load_record(request: HttpRequest, reference: str, *, current: str) -> dict[str, Any]:
    """Return what the frame of a record needs: ``subject``, ``tabs``, ``actions``, ``may_write``, ``crumbs``.

    Parameters
    ----------
    reference
        The uuid of a subject, or its nickname while only one subject has it.
    current
        The URL name of the tab.

    Raises
    ------
    Http404
        If there is none that the person may read.
    """
    try:
        subject = load_subject(request.user, reference)
    except (Subject.DoesNotExist, AmbiguousSubject) as missing:
        raise Http404(f"no subject {reference!r}, or several labs have one; take it from the list") from missing
    may_write = policy.may_write(request.user, subject)
    return {
        "subject": subject,
        "tabs": _tabs(subject, current, member=policy.is_member(request.user)),
        "actions": _actions(subject) if may_write else [],
        "may_write": may_write,
        "crumbs": [("Subjects", reverse("subjects"))],
    }


def _tabs(subject: Subject, current: str, *, member: bool) -> list[dict[str, Any]]:
    open_to = [tab for tab in TABS if member or not tab.for_members]
    found = [{"label": tab.label, "url": _url(tab, subject), "current": tab.url_name == current} for tab in open_to]
    return [tab for tab in found if tab["url"]]


def _actions(subject: Subject) -> list[dict[str, str]]:
    fitting = [action for action in ACTIONS if action.when(subject)]
    found = [{"label": one.label, "url": _url(one, subject), "icon": one.icon} for one in fitting]
    return [action for action in found if action["url"]]


def _url(entry: Tab | Action, subject: Subject) -> str:
    try:
        return reverse(entry.url_name, args=[subject.pk])
    except NoReverseMatch:
        return ""
