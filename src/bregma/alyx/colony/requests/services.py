"""Writes requests of animals, and gives animals of the stock to those who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from bregma.alyx import changes
from bregma.alyx.actions.models import NotificationType
from bregma.alyx.inbox.services import notify
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Subject, SubjectRequest
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@transaction.atomic
def ask_for_subjects(values: Mapping[str, Any], *, by: LabMember) -> SubjectRequest:
    """Ask for animals of a line, for oneself unless said otherwise; those who manage the stock are told.

    Raises
    ------
    ValidationError
        If the number is missing, or they are due before they are asked for.
    """
    request = changes.create_row(SubjectRequest, {"user": by, **values}, by=by)
    if not request.count or request.count < 1:
        raise ValidationError({"count": "say how many animals are needed: one or more"})
    if request.due_date and request.date_time and request.due_date < request.date_time:
        raise ValidationError({"due_date": f"{request.due_date} is before the day of the request"})
    notify(
        NotificationType.SUBJECT_REQUEST,
        f"{request.user} asks for {request.count} {request.line}",
        users=LabMember.objects.filter(is_stock_manager=True, is_active=True),
        message=request.description,
        link=reverse("request", args=[request.pk]),
        by=by,
    )
    return request


@transaction.atomic
def give_subjects(request: SubjectRequest, subjects: Iterable[Subject], *, by: LabMember) -> list[Subject]:
    """Give animals of the stock to the person who asked; all of them, or none.

    Raises
    ------
    PermissionDenied
        If this person may not give one of them away.
    ValidationError
        If the request has nobody to give to, an animal is dead or of another line, or they are more than were asked.
    """
    locked = SubjectRequest.objects.select_for_update(of=("self",)).select_related("user", "line").get(pk=request.pk)
    if locked.user is None:
        raise ValidationError("the account of the person who asked is gone; enter a new request")
    keys = [one.pk for one in subjects]
    rows = Subject.objects.select_for_update(of=("self",)).select_related("lab", "responsible_user", "line")
    given = list(rows.filter(pk__in=keys).order_by("pk"))
    left = (locked.count or 0) - locked.subject_set.count()
    if len(given) > left:
        raise ValidationError(f"{len(given)} animals are chosen, {left} are still asked for; choose fewer")
    return [_give(one, locked, by=by) for one in given]


def _give(subject: Subject, request: SubjectRequest, *, by: LabMember) -> Subject:
    if subject.death_date is not None:
        raise ValidationError(f"{subject} died on {subject.death_date}; choose another")
    if request.line_id and subject.line_id != request.line_id:
        raise ValidationError(f"{subject} is of line {subject.line}, not of {request.line}")
    if subject.request_id is not None:
        raise ValidationError(f"{subject} was given for another request already; choose another")
    return change_subject(subject, {"responsible_user": request.user, "request": request}, by=by)


@transaction.atomic
def close_request(request: SubjectRequest, *, by: LabMember) -> SubjectRequest:
    """Ask for no more than was given.

    Raises
    ------
    PermissionDenied
        If this person neither asked nor manages the stock.
    """
    if request.user_id != by.pk and not (by.is_stock_manager or by.is_superuser):
        raise PermissionDenied(f"only {request.user} or a stock manager may close this request")
    return changes.change_row(request, {"count": request.subject_set.count()}, by=by)
