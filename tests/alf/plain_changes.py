"""Paths that are made of others, with the rules of docs/reference/differences.md: plain, and none of bregma's code."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from tests.alf.plain_alf import NAME, Plain, is_marked, path_of, read_name, write_name


class Changed(Plain):
    """A path of which others are made; ValueError where that cannot be."""

    def joined(self, *folders: str) -> str:
        return PurePosixPath(*folders).as_posix()

    def with_session(self, at: int, folder: str) -> str:
        """Change subject (-3), date (-2) or number (-1)."""
        place = len(must(self.before)) + at
        return self.joined(*self.before[:place], folder, *self.before[place + 1 :], *self.after)

    def with_lab(self, lab: str) -> str:
        start = len(must(self.before)) - 3
        return self.joined(*self.folders[: start - (2 if self.lab else 0)], lab, "Subjects", *self.folders[start:])

    def lab_place(self) -> int | None:
        """Where the first lab is, in a session or not."""
        pairs = enumerate(zip(self.folders, self.folders[1:], strict=False))
        return next((i for i, (lab, word) in pairs if word == "Subjects" and re.fullmatch(r"\w+", lab)), None)

    def without_lab(self) -> str:
        i = self.lab_place()
        return self.path.as_posix() if i is None else self.joined(*self.folders[:i], *self.folders[i + 2 :])

    def relative_to_lab(self) -> str:
        i = self.lab_place()
        must(i is not None)
        return self.joined(*self.folders[(i or 0) + 2 :])

    def bare(self) -> tuple[str, ...]:
        """Folders without the revision; nothing but a file may come after one."""
        must(not any(map(is_marked, self.inside[:-1])))
        folders = self.folders[: len(self.folders) - len(self.name)]
        return folders[:-1] if self.inside and is_marked(self.inside[-1]) else folders

    def with_collection(self, collection: str) -> str:
        revision = self.folders[len(self.bare()) : len(self.folders) - len(self.name)]
        return self.joined(*must(self.before), collection, *revision, *self.name)

    def with_revision(self, revision: str) -> str:
        return self.joined(*self.bare(), f"#{revision}#", *self.name)

    def with_name(self, name: str) -> str:
        return self.joined(*self.folders[:-1], name)

    def with_parts(self, **changes: str) -> str:
        parts = tuple((dict(zip(NAME, must(self.name_parts), strict=True)) | changes).values())
        must(read_name(write_name(parts)) == parts)
        return self.with_name(write_name(parts))

    def with_extra(self) -> str:
        before = must(self.name_parts)[4]
        return self.with_parts(extra=f"{before}.x.y" if before else "x.y")

    def without_uuid(self) -> str:
        stem, _, last = self.path.stem.rpartition(".")
        has_id = stem and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", last.lower())
        return stem + self.path.suffix if has_id else self.path.name

    def with_uuid(self, uuid: str) -> str:
        must(self.path.suffix and not is_marked(self.path.name))
        bare = PurePosixPath(self.without_uuid())
        return self.with_name(f"{bare.stem}.{uuid}{bare.suffix}")


def must(value: Any) -> Any:
    """Refuse what is not there."""
    if not value:
        raise ValueError
    return value


def changes(text: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer the questions of asked_of_names.py that change a path; ``asked`` are its CHANGES."""
    one, found = Changed(text), {}
    for name, ask in made(one, asked).items():
        try:
            found[name] = ask()
        except ValueError:
            found[name] = "refused"
    return found


def made(one: Changed, asked: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """How each question is answered."""
    parts = {name: asked[f"with_{name}"] for name in NAME}
    changed = {f"with_{name}": lambda name=name: one.with_parts(**{name: parts[name]}) for name in NAME}
    return changed | {
        "with_extra": lambda: one.with_parts(extra=parts["extra"]),
        "append": one.with_extra,
        "with_lab": lambda: one.with_lab(asked["with_lab"]),
        "with_subject": lambda: one.with_session(-3, asked["with_subject"]),
        "with_date": lambda: one.with_session(-2, asked["with_date"]),
        "with_sequence": lambda: one.with_session(-1, f"{asked['with_sequence']:03d}"),
        "with_padded_sequence": lambda: one.with_session(-1, f"{int(must(one.before)[-1]):03d}"),
        "with_collection": lambda: one.with_collection(asked["with_collection"]),
        "with_revision": lambda: one.with_revision(asked["with_revision"]),
        "without_revision": lambda: one.joined(*one.bare(), *one.name),
        "with_uuid": lambda: one.with_uuid(asked["with_uuid"]),
        "without_uuid": lambda: one.with_name(one.without_uuid()) if one.path.name else one.path.as_posix(),
        "session_path": lambda: path_of(one),
        "without_lab": one.without_lab,
        "relative_to_lab": one.relative_to_lab,
        "relative_to_session": lambda: one.joined(*one.folders[len(must(one.before)) :]),
    }
