"""Recognises files by their names: which dataset type, which format."""

from __future__ import annotations

import re
from fnmatch import translate

from bregma.alf import filename_parts
from bregma.alyx.data.models import DataFormat, DatasetType
from bregma.alyx.errors import InvalidRequest, UnknownName


class Catalog:
    """All dataset types and formats, to recognise files by their names; two queries."""

    def __init__(self) -> None:
        self._patterns: list[tuple[str, re.Pattern[str], DatasetType]] = []
        self._names: dict[str, list[DatasetType]] = {}
        for one in DatasetType.objects.all():
            if one.filename_pattern:
                pattern = one.filename_pattern
                self._patterns.append((_certain_part(pattern), re.compile(translate(pattern)), one))
            else:
                self._names.setdefault(one.name.lower(), []).append(one)
        self._formats = {one.file_extension: one for one in DataFormat.objects.exclude(file_extension="").reverse()}
        self._known: dict[str, DatasetType] = {}

    def type_of(self, filename: str) -> DatasetType:
        """Return the one type whose pattern a file name matches.

        Raises
        ------
        InvalidALFName
            If the name does not follow the convention.
        UnknownName, InvalidRequest
            If no type or more than one matches.
        """
        found = self._known.get(filename)
        if found is None:
            found = self._known[filename] = self._find(filename)
        return found

    def format_of(self, filename: str) -> DataFormat:
        """Return the format with a file's extension.

        Raises
        ------
        UnknownName
            If there is none.
        """
        extension = f".{filename.rpartition('.')[2]}"
        found = self._formats.get(extension)
        if found is None:
            raise UnknownName(f"no data format has the extension {extension!r} of {filename!r}: POST /data-formats")
        return found

    def _find(self, filename: str) -> DatasetType:
        parts = filename_parts(filename)
        lowered = filename.lower()
        found = [one for part, pattern, one in self._patterns if part in lowered and pattern.match(lowered)]
        found += self._names.get(f"{parts.object}.{parts.attribute}".lower(), [])
        if not found:
            raise UnknownName(
                f"no dataset type matches {filename!r}; make one whose name is {parts.object}.{parts.attribute}, "
                "or whose filename_pattern matches: POST /dataset-types"
            )
        if len(found) > 1:
            names = ", ".join(sorted(one.name for one in found))
            raise InvalidRequest(f"{filename!r} matches several dataset types, {names}; narrow their patterns")
        return found[0]


class AnyKind(Catalog):
    """Takes every file: for questions in which types and formats do not matter; no query."""

    def __init__(self) -> None:
        self._any = DatasetType(), DataFormat()

    def type_of(self, filename: str) -> DatasetType:
        """Return a type that is in no table."""
        return self._any[0]

    def format_of(self, filename: str) -> DataFormat:
        """Return a format that is in no table."""
        return self._any[1]


def _certain_part(pattern: str) -> str:
    """Return the longest text that every name has which a pattern matches: looking for it is quicker than matching."""
    return "" if "[" in pattern else max(re.split(r"[*?]", pattern), key=len)
