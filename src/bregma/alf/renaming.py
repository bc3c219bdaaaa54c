"""New paths from old ones: another lab, subject, collection, revision or part of the file name."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Self

from bregma.alf.errors import InvalidALFName
from bregma.alf.grammar import (
    NameParts,
    SessionPlace,
    compose_name,
    find_lab,
    find_session,
    is_day,
    is_id,
    is_revision,
    regex,
)
from bregma.alf.parsing import names_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date as Date  # noqa: N812 - date is a parameter here
    from uuid import UUID

    _Pure = PurePath
else:
    _Pure = object  # joined with a path class in paths.py


class Renaming(_Pure):
    """The methods of a path that return another: ``with_…`` and ``without_…``.

    All raise InvalidALFName, which is a ValueError, if a new part is malformed, or if the path has no session or
    no ALF file name to change.
    """

    __slots__ = ()

    # The session

    def with_lab(self, lab: str, strict: bool = False) -> Self:
        """Change the lab, or put ``lab/Subjects/`` before the subject; with ``strict``, only change it."""
        place = self._session_place()
        if strict and place.texts[0] is None:
            raise InvalidALFName(f"no lab to change in {str(self)!r}; leave strict out to put {lab!r} in")
        return self._with_folders(place.start, place.end - 3, _checked("lab", lab), "Subjects")

    def without_lab(self) -> Self:
        """Take the first ``lab/Subjects/`` out, where there is one."""
        start = find_lab(self.parts)
        return self if start is None else self._with_folders(start, start + 2)

    def with_subject(self, subject: str) -> Self:
        """Change the subject."""
        end = self._session_place().end
        return self._with_folders(end - 3, end - 2, _checked("subject", subject))

    def with_date(self, date: str | Date) -> Self:
        """Change the day: a date, a moment, or a text ``YYYY-MM-DD`` that is in the calendar."""
        end, day = self._session_place().end, date if isinstance(date, str) else str(date)[:10]
        if not is_day(day):
            raise InvalidALFName(f"{date!r} is no day of the calendar; write it YYYY-MM-DD")
        return self._with_folders(end - 2, end - 1, day)

    def with_sequence(self, number: int | str) -> Self:
        """Change the session's number, from 0 to 999, and write it with three digits."""
        end, text = self._session_place().end, _checked("number", str(number).strip())
        return self._with_folders(end - 1, end, f"{int(text):03d}")

    def with_padded_sequence(self: Any) -> Any:
        """Write the session's number with three digits; also a function of any path or text."""
        from bregma.alf.functions import padded_sequence

        return padded_sequence(self)

    # Inside the session

    def with_collection(self, collection: str | PurePath | None) -> Self:
        """Change the collection, put one in, or with None or an empty text take it out; the revision stays."""
        text = PurePath(collection or "").as_posix().strip("/")
        folders = [] if text == "." else [_checked("collection", text)]
        place, inside = self._session_place(), self._inside()
        name = inside[-1:] if inside and names_file(inside[-1]) else ()
        revision = [folder for folder in inside[: len(inside) - len(name)] if is_revision(folder)]
        return type(self)(*self.parts[: place.end], *folders, *revision, *name)

    def with_revision(self, revision: str) -> Self:
        """Change the revision, or put one in; it is written without its ``#``."""
        folder, bare = f"#{_checked('revision', revision)}#", self.without_revision()
        return bare.parent / folder / bare.name if names_file(self.name) else bare / folder

    def without_revision(self) -> Self:
        """Take the revision out."""
        self._inside()
        if names_file(self.name):
            return self.parent.parent / self.name if is_revision(self.parent.name) else self
        return self.parent if is_revision(self.name) else self

    # The file name

    def with_object(self, obj: str) -> Self:
        """Change the object."""
        return self._with_name_parts(object=obj)

    def with_namespace(self, ns: str | None) -> Self:
        """Change the namespace, put one in, or with None or an empty text take it out."""
        return self._with_name_parts(namespace=ns)

    def with_attribute(self, attr: str) -> Self:
        """Change the attribute; the timescale stays."""
        return self._with_name_parts(attribute=attr)

    def with_timescale(self, timescale: str | None) -> Self:
        """Change the timescale, put one in, or with None or an empty text take it out."""
        return self._with_name_parts(timescale=timescale)

    def with_extra(self, extra: str | Iterable[str] | None, append: bool = False) -> Self:
        """Change the extra parts, or with ``append`` put more behind them; a text with dots, or several texts."""
        given = extra.strip(".").split(".") if isinstance(extra, str) else list(extra or ())
        before = [NameParts.of(self.name).extra] if append else []
        return self._with_name_parts(extra=".".join(part for part in [*before, *given] if part))

    def with_extension(self, ext: str) -> Self:
        """Change the extension, written without its dot."""
        return self._with_name_parts(extension=_checked("extension", ext))

    def with_uuid(self, uuid: UUID | str, strict: bool = False) -> Self:
        """Put a dataset id before the extension, in place of one that is there; with ``strict``, refuse another."""
        if not is_id(str(uuid)):
            raise InvalidALFName(f"{uuid!r} is not a dataset id; expected a UUID with hyphens")
        if is_revision(self.name) or not self.suffix:
            raise InvalidALFName(f"{self.name!r} is no file name; an id stands before the extension of one")
        bare = self.without_uuid()
        named = bare.with_name(f"{bare.stem}.{uuid}{bare.suffix}")
        if strict and bare != self and named != self:
            raise InvalidALFName(f"{self.name} has another id than {uuid}; leave strict out to replace it")
        return named

    def without_uuid(self) -> Self:
        """Take the dataset id out of the name, where there is one."""
        stem, _, last = self.stem.rpartition(".")
        return self.with_name(stem + self.suffix) if stem and is_id(last) else self

    def _session_place(self) -> SessionPlace:
        place = find_session(self.parts)
        if place is None:
            raise InvalidALFName(f"no session in path {str(self)!r}; expected (lab/Subjects/)subject/YYYY-MM-DD/number")
        return place

    def _inside(self) -> tuple[str, ...]:
        """Folders and name after the session, or all where there is none; refuses what comes after a revision."""
        place = find_session(self.parts)
        inside = self.parts[place.end if place else 0 :]
        folders = inside[:-1] if inside and names_file(inside[-1]) else inside
        if any(map(is_revision, folders[:-1])):
            raise InvalidALFName(f"{str(self)!r}: a revision is the last folder, {folders[-1]!r} cannot come after it")
        return inside

    def _with_folders(self, start: int, stop: int, *folders: str) -> Self:
        return type(self)(*self.parts[:start], *folders, *self.parts[stop:])

    def _with_name_parts(self, **changes: str | None) -> Self:
        return self.with_name(compose_name(**(NameParts.of(self.name)._asdict() | changes)))


def _checked(part: str, text: str) -> str:
    """Return a new part of a path, if it is one."""
    pattern = regex(f"{{{part}}}")
    if not pattern.fullmatch(text or "") or text in {".", ".."}:
        raise InvalidALFName(f"{text!r} is no {part}; it must match {pattern.pattern}")
    return text
