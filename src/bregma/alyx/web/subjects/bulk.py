"""What can be done with many subjects at once: all of them, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction

from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Project, Subject
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class AssignForm(forms.Form):
    """To whom."""

    user = forms.ModelChoiceField(
        LabMember.objects.filter(is_active=True, is_public_user=False),
        label="Responsible user",
        to_field_name="username",
        help_text="Who has primary or legal responsibility for them from now on.",
    )


class ProjectForm(forms.Form):
    """Which project."""

    project = forms.ModelChoiceField(
        Project.objects.all(), to_field_name="name", help_text="A subject may be in several projects."
    )


def change_all(rows: Sequence[Subject], values: Callable[[Subject], Mapping[str, Any]], *, by: LabMember) -> int:
    """Change subjects, each as :func:`bregma.alyx.subjects.services.change_subject` lets this person.

    Raises
    ------
    PermissionDenied, ValidationError
        If one of them may not be changed; then none is.
    """
    with transaction.atomic():
        for row in rows:
            change_subject(row, values(row), by=by)
    return len(rows)


def assign(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Give subjects to a responsible user."""
    n = change_all(rows, lambda row: {"responsible_user": values["user"]}, by=by)
    return f"{values['user']} is now responsible for {_animals(n)}."


def add_project(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Put subjects into a project, besides those in which they are."""
    n = change_all(rows, lambda row: {"projects": {*row.projects.all(), values["project"]}}, by=by)
    return f"{_animals(n)} of {values['project']}."


def remove_project(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Take subjects out of a project."""
    n = change_all(rows, lambda row: {"projects": {*row.projects.all()} - {values["project"]}}, by=by)
    return f"{_animals(n)} no longer of {values['project']}."


def mark(field: str, words: str) -> Callable[..., str]:
    """Make the service that marks subjects."""

    def service(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
        n = change_all(rows, lambda row: {field: True}, by=by)
        return f"{_animals(n)} marked {words}."

    return service


def unmark(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Take the marks of subjects away."""
    n = change_all(rows, lambda row: {"to_be_genotyped": False, "to_be_culled": False}, by=by)
    return f"{_animals(n)} without marks."


def _animals(n: int) -> str:
    return f"{n} subject{'' if n == 1 else 's'}"
