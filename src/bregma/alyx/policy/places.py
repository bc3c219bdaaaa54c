"""What a row hangs on: its subject, its lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist

from bregma.alyx.misc.models import Lab
from bregma.alyx.policy.rules import RULES, rule_of
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model

    from bregma.alyx.policy.rules import Path


def subject_of(obj: Model) -> Subject | None:
    """Return the subject that a row belongs to, or None."""
    rule = rule_of(obj.__class__)
    if rule is None:
        return None
    found = _follow(obj, rule.subject) if rule.subject is not None else None
    if isinstance(found, Subject):
        return found
    target = content_of(obj) if rule.about_anything else None
    return subject_of(target) if target is not None else None


def lab_of(obj: Model) -> UUID | None:
    """Return the key of the lab that a row belongs to, or None. Rows of a subject belong to its lab."""
    rule = rule_of(obj.__class__)
    if rule is None:
        return None
    for path in rule.labs:
        found = _follow(obj, path)
        if isinstance(found, Lab):
            return found.pk
    subject = subject_of(obj)
    if subject is not None:
        return subject.lab_id
    target = content_of(obj) if rule.about_anything else None
    return lab_of(target) if target is not None else None


def content_of(obj: Any) -> Model | None:
    """Return the row that a note, comment or file is about, or None."""
    try:
        found: Model | None = obj.content_object
    except ObjectDoesNotExist:
        return None
    return found


def subject_paths() -> dict[type[Model], Path]:
    """Return each table whose rows belong to a subject, with the attributes that lead to it."""
    return {
        apps.get_model(label): rule.subject
        for label, rule in RULES.items()
        if rule.subject is not None and apps.is_installed(f"bregma.alyx.{label.split('.')[0]}")
    }


def _follow(obj: Any, path: Path) -> Any:
    found = obj
    for step in path:
        try:
            found = getattr(found, step, None)
        except ObjectDoesNotExist:
            return None
    return found
