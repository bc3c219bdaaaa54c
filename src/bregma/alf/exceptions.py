"""Errors by the names that scripts know from ``one.alf.exceptions``: the same classes as those of errors.py."""

from __future__ import annotations

from bregma.alf.errors import ALFError, ALFWarning
from bregma.alf.errors import InvalidALFName as ALFInvalid
from bregma.alf.errors import MultipleCollectionsFound as ALFMultipleCollectionsFound
from bregma.alf.errors import MultipleObjectsFound as ALFMultipleObjectsFound
from bregma.alf.errors import MultipleRevisionsFound as ALFMultipleRevisionsFound
from bregma.alf.errors import ObjectNotFound as ALFObjectNotFound
from bregma.alf.errors import SubjectNotFound as AlyxSubjectNotFound

__all__ = [
    "ALFError",
    "ALFInvalid",
    "ALFMultipleCollectionsFound",
    "ALFMultipleObjectsFound",
    "ALFMultipleRevisionsFound",
    "ALFObjectNotFound",
    "ALFWarning",
    "AlyxSubjectNotFound",
]
