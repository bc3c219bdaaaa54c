"""The convention with the rules of docs/reference/differences.md, by cutting texts apart; none of bregma's code."""

import re
from datetime import date
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

NAME = "namespace", "object", "attribute", "timescale", "extra", "extension"
SESSION = "lab", "subject", "date", "number"
INSIDE = "collection", "revision"
PARTS = {
    "filename_parts": NAME, "session_path_parts": SESSION, "rel_path_parts": (*INSIDE, *NAME),
    "folder_parts": (*SESSION, *INSIDE), "full_path_parts": (*SESSION, *INSIDE, *NAME),
}  # fmt: skip

Parts = tuple[str | None, ...]


def read_name(name: str) -> Parts | None:
    """Namespace, object, attribute, timescale, extra and extension of a file name."""
    first, *rest = name.split(".")
    if len(rest) < 2 or not re.fullmatch(r"\w+", first) or not re.fullmatch(r"\w+", rest[-1]):
        return None
    attribute, extra = read_attribute(rest[0]), ".".join(rest[1:-1])
    if attribute is None or (len(rest) > 2 and not re.fullmatch(r"[.\w-]+", extra)):
        return None
    begins, *others = first[1:].split("_")
    spaced = first.startswith("_") and re.fullmatch("[a-zA-Z0-9]+", begins) and "_".join(others)
    return (begins if spaced else None, "_".join(others) if spaced else first, *attribute, extra or None, rest[-1])


def read_attribute(text: str) -> tuple[str, str | None] | None:
    """Attribute and timescale; ``_phy_`` before it and ``_times`` after it belong to the attribute."""
    prefix = text[: text.index("_", 1) + 1] if re.match("_[a-z]+_", text) else ""
    word, *clock = text[len(prefix) :].split("_")
    if not re.fullmatch("[a-zA-Z0-9]+", word) or clock == [""] or not re.fullmatch(r"\w*", "".join(clock)):
        return None
    if clock and clock[0] in {"times", "intervals"} and clock[1:] != [""]:
        word, clock = f"{word}_{clock[0]}", clock[1:]
    return prefix + word, "_".join(clock) or None


def write_name(parts: Parts) -> str:
    """Put a file name together."""
    namespace, name, attribute, clock, extra, extension = parts
    first = f"_{namespace}_{name}" if namespace else f"{name}"
    second = f"{attribute}_{clock}" if clock else f"{attribute}"
    return ".".join([first, second, *([extra] if extra else []), f"{extension}"])


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, YYYY-MM-DD in digits 0 to 9."""
    try:
        return text.isascii() and len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_marked(folder: str) -> bool:
    """Tell whether a folder is a revision."""
    return len(folder) > 2 and folder[0] == folder[-1] == "#"


def is_file(name: str) -> bool:
    """Tell whether the last part of a path is meant as a file."""
    return name.count(".") > 1 and not is_marked(name)


def read_inside(text: str) -> Parts | None:
    """Collection and revision of ``collection/#revision#/``."""
    found = re.fullmatch(r"(?:([\w./-]+)/)?(?:#([\w.-]+)#/)?", text)
    return found and found.groups()


def is_session(folders: Parts) -> bool:
    """Tell whether three folders are a subject, a day and a number."""
    subject, day, number = map(str, folders)
    named = re.fullmatch(r"[\w.-]+", subject) and subject not in {".", ".."}
    return bool(named) and is_day(day) and number.isascii() and number.isdigit() and len(number) < 4


class Plain:
    """A path taken apart; what has no answer is None."""

    def __init__(self, text: str, kind: type[PurePath] = PurePosixPath) -> None:
        self.text, self.path = text, kind(text)
        self.folders = folders = self.path.parts
        self.start = next((i for i in range(len(folders) - 2) if is_session(folders[i : i + 3])), None)
        end = 0 if self.start is None else self.start + 3
        self.before, self.after = folders[:end], folders[end:]
        self.name = self.folders[-1:] if is_file(self.path.name) else ()
        self.inside = self.after[: len(self.after) - len(self.name)]
        self.name_parts = read_name(self.path.name)
        lab, word = folders[end - 5 : end - 3] if end > 4 else ("", "")
        self.lab = lab if word == "Subjects" and re.fullmatch(r"\w+", lab) else None
        self.session: Parts | None = (self.lab, *self.before[-3:]) if self.before else None

    def folder_parts(self, folders: Parts) -> Parts | None:
        """Lab, subject, date, number, collection and revision of the folders after the session."""
        inside = read_inside("".join(f"{folder}/" for folder in folders))
        return (*self.session, *inside) if self.session and inside else None

    def whole(self) -> tuple[Parts | None, Parts | None]:
        """What the folders say, and what the name says; None where that is not allowed."""
        if not self.name:
            return self.folder_parts(self.after), (None,) * 6
        return (None,) * 6 if len(self.folders) == 1 else self.folder_parts(self.inside), self.name_parts

    def parts(self, question: str) -> Parts | None:
        """Answer the questions that end in _parts."""
        folders, slash, name = self.text.rpartition("/")
        inside, parts = read_inside(folders + slash), read_name(name)
        found = {
            "filename_parts": read_name(self.text),
            "session_path_parts": self.session,
            "rel_path_parts": (*inside, *parts) if inside and parts else None,
            "folder_parts": self.folder_parts(self.after),
        }
        return found[question] if question in found else self.full_parts()

    def full_parts(self) -> Parts | None:
        """All parts, if all are allowed."""
        folders, name = self.whole()
        return (*folders, *name) if folders and name else None

    def lenient(self, question: str) -> dict[str, str | None]:
        """Answer the questions that end in _parts by a dict that has None for what is not allowed."""
        if question == "full_path_parts":
            folders, name = (found or (None,) * 6 for found in self.whole())
            return dict(zip(PARTS[question], (*folders, *name), strict=True))
        names = PARTS[question]
        return dict(zip(names, self.parts(question) or (None,) * len(names), strict=True))

    def place(self) -> tuple[str, str]:
        """Collection and revision as a path has them; none in one that begins at the root and has no session."""
        known = () if self.start is None and self.path.is_absolute() else self.inside
        revision = known[-1][1:-1] if known and is_marked(known[-1]) else ""
        return "/".join(folder for folder in known if not is_marked(folder)), revision

    def alf_path(self) -> str | None:
        """From the lab or session on, or inside one, or only the file name."""
        if self.start is not None:
            return "/".join(self.folders[self.start - (2 if self.lab else 0) :])
        text = self.text.strip("/")
        folders, slash, name = text.rpartition("/")
        relative = read_inside(folders + slash) and read_name(name)
        return text if relative else self.name_parts and self.path.name


def answers(text: str) -> dict[str, Any]:
    """Answer the questions of asked_of_names.py that change nothing."""
    one, windows = Plain(text), Plain(text, PureWindowsPath)
    full = one.lenient("full_path_parts")
    found: dict[str, Any] = {question: values(one.parts(question)) for question in PARTS}
    found |= {f"{question} dict": one.lenient(question) for question in PARTS}
    found |= {part: full[part] or "" for part in NAME[:5]}
    found |= dict(zip(INSIDE, one.place(), strict=True))
    session = texts(one.session, 4)
    found |= dict(zip(("lab", "subject", "date", "sequence"), session, strict=True))
    return found | {
        "is_valid": read_name(text) is not None,
        "is_session_path": len(one.folders) > 2 and is_session(one.folders[-3:]),
        "is_dataset": one.name_parts is not None,
        "is_valid_alf": one.full_parts() is not None,
        "get_alf_path": one.alf_path(),
        "get_session_path": path_of(one),
        "short": "/".join(session[1:]) if one.session else None,
        "short_lab": "/".join(filter(None, session)) or None,
        "windows": [texts(tuple(windows.lenient("full_path_parts").values()), 12), path_of(windows)],
        "dataset_name_parts": texts(one.name_parts, 6),
        "session_parts": session,
        "alf_parts": texts(tuple(full.values()), 12),
    }


def path_of(one: Plain) -> str | None:
    """The folder of the session."""
    return type(one.path)(*one.before).as_posix() if one.before else None


def values(parts: Parts | None) -> list[str | None] | str:
    """Write parts as a list, and none as a refusal."""
    return "refused" if parts is None else list(parts)


def texts(parts: Parts | None, n: int) -> list[str]:
    """Write parts as texts that are empty where there is none."""
    return [part or "" for part in parts or (None,) * n]
