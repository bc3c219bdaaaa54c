"""What a registration must know of the server first: members, dataset types, formats."""

from __future__ import annotations

from datetime import date, datetime
from fnmatch import fnmatch
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import ALFPath, InvalidALFName
from bregma.one.client import AlyxClient
from bregma.one.errors import MemberNotFound, RecordNotFound, SubjectNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from bregma.one.api import ONE

    Path = str | PathLike[str]


class Lookups:
    """Knows the server; parameters as of ``RegistrationClient``."""

    def __init__(self, one: ONE | AlyxClient | None = None) -> None:
        if one is None:
            from bregma.one.api import ONE

            one = ONE()
        self.one = one
        self._alyx = one if isinstance(one, AlyxClient) else one.alyx

    @cached_property
    def dtypes(self) -> Sequence[dict[str, Any]]:
        """The dataset types that the server knows, asked once."""
        return list(self._alyx.rest("dataset-types", "list"))

    @cached_property
    def file_extensions(self) -> list[str]:
        """The ends of names that the server takes, each with its dot."""
        return [record["file_extension"] for record in self._alyx.rest("data-formats", "list")]

    @property
    def registration_patterns(self) -> list[str]:
        """The patterns of file names that the server takes."""
        return [one["filename_pattern"] for one in self.dtypes if one["filename_pattern"]]

    def find_files(self, session_path: Path) -> Iterator[ALFPath]:
        """Find the files of a session that the server would take, in order of their paths.

        Parameters
        ----------
        session_path : path
            The session's folder on this machine.
        """
        for path in sorted(ALFPath(session_path).rglob("*.*.*")):
            if path.is_file() and self.takes(path):
                yield ALFPath(path)

    def takes(self, path: Path) -> bool:
        """Tell whether the server has a format and one dataset type for a file."""
        name = ALFPath(path).name
        if not any(name.endswith(end) for end in self.file_extensions if end):
            return False
        try:
            get_dataset_type(path, self.dtypes)
        except ValueError:
            return False
        return True

    def assert_exists(self, member: str | UUID | Iterable[str | UUID], endpoint: str) -> Any:
        """Look up members by name or id, and return their records.

        Raises
        ------
        SubjectNotFound
            If the endpoint is ``subjects`` and there is none of that name.
        MemberNotFound
            If there is none at another endpoint.
        """
        if not isinstance(member, (str, UUID)):
            return [self.assert_exists(one, endpoint) for one in member]
        try:
            return self._alyx.rest(endpoint, "read", member, no_cache=True)
        except RecordNotFound as error:
            place = self._alyx.base_url
            if endpoint == "subjects":
                raise SubjectNotFound(
                    f"{place} has no subject {member!r}; check the nickname, or enter the subject first"
                ) from error
            raise MemberNotFound(f"{place} has no {member!r} among its {endpoint}; check the name") from error


def get_dataset_type(filename: Path, dtypes: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Find the one dataset type that a file belongs to: by its pattern, else by object and attribute.

    Raises
    ------
    ValueError
        If none or several of them match.
    """
    name = ALFPath(filename).name
    thing = _object_attribute(name)
    found = [
        one
        for one in dtypes
        if (fnmatch(name.casefold(), pattern.casefold()) if (pattern := _pattern(one)) else one["name"] == thing)
    ]
    if not found:
        raise ValueError(f"no dataset type for {name!r}; rename the file, or enter a type with a pattern for it")
    if len(found) > 1:
        names = ", ".join(str(one["name"]) for one in found)
        raise ValueError(f"several dataset types for {name!r}: {names}; narrow their patterns")
    return found[0]


def ensure_ISO8601(date: str | date | datetime | None) -> str:  # noqa: N802 - names that scripts use
    """Write a day or time as ISO 8601; now, if it is None.

    Raises
    ------
    ValueError
        If a text is no date.
    """
    if not date:
        return datetime.now().isoformat()  # noqa: DTZ005 - the clock of the lab, as the database keeps it
    moment = datetime.fromisoformat(date) if isinstance(date, str) else date
    return moment.isoformat() if isinstance(moment, datetime) else f"{moment.isoformat()}T00:00:00"


def _pattern(dtype: Mapping[str, Any]) -> str:
    return str(dtype.get("filename_pattern") or "").strip()


def _object_attribute(name: str) -> str:
    try:
        parts = ALFPath(name).dataset_name_parts
    except InvalidALFName:
        return name.rpartition(".")[0]
    return ".".join(parts[1:3])
