"""Writes sessions from the pages: with a number of the day, a verdict on quality, and without loose ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.actions.services import change_session, delete_session, register_session
from bregma.alyx.notebook.notes.services import forget_words_on
from bregma.alyx.records import QC, UtcDate
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def enter_session(values: Mapping[str, Any], *, by: LabMember) -> Session:
    """Write down a session; without a number it takes the next of its day.

    Raises
    ------
    PermissionDenied, ValidationError
        As :func:`bregma.alyx.actions.services.register_session`, or if the subject had died.
    """
    subject: Subject = values["subject"]
    start = values.get("start_time") or timezone.now()
    policy.check_may_write(by, Session(subject=subject))
    if subject.death_date and start.date() > subject.death_date:
        raise ValidationError({"start_time": f"{subject} died on {subject.death_date}; no session can begin after."})
    number = values.get("number")
    if number is None:
        number = _next_number(subject, start)
    return register_session({**values, "start_time": start, "number": number}, by=by)


@transaction.atomic
def judge_quality(session: Session, qc: int, reason: str, *, by: LabMember) -> Session:
    """Set the quality of a session; a verdict other than PASS or NOT_SET needs a reason, which is kept with it.

    Raises
    ------
    ValidationError
        If the reason is missing.
    """
    verdict = QC(qc)
    if verdict not in (QC.PASS, QC.NOT_SET) and not reason.strip():
        raise ValidationError(
            {"reason": f"Say why it is {verdict.label}: others decide by it whether to use the data."}
        )
    said = {"qc": verdict.label, "reason": reason.strip(), "user": by.username, "at": timezone.now().isoformat()}
    before = session.json if isinstance(session.json, dict) else {}
    verdicts = [*(before.get("qc_verdicts") or []), said]
    return change_session(session, {"qc": int(verdict), "json": {**before, "qc_verdicts": verdicts}}, by=by)


@transaction.atomic
def remove_session(session: Session, *, by: LabMember) -> None:
    """Delete a session with its files, notes and comments, unless a dataset is protected.

    Raises
    ------
    PermissionDenied, ProtectedDataset
        As :func:`bregma.alyx.actions.services.delete_session`.
    """
    policy.check_may_write(by, session)
    kept = Session(pk=session.pk)
    delete_session(session, by=by)
    forget_words_on([kept])


def _next_number(subject: Subject, start: Any) -> int:
    """Return the next number of a subject's day, which nobody else takes until the transaction ends."""
    Subject.objects.select_for_update().get(pk=subject.pk)
    day = start.astimezone(timezone.get_default_timezone()).date()
    of_day = Session.objects.annotate(day=UtcDate("start_time")).filter(subject=subject, day=day)
    last = of_day.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
