"""100,000 random names and paths, taken apart by bregma and by ONE-api: the same, but for what is listed here."""

import importlib.util
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import ModuleType
from typing import Any

import pytest

from bregma import alf

HERE = Path(__file__).parent
N = 100_000
LOOSE_SESSION = re.compile(r"(?:\w+/Subjects/)?[\w.-]+/\d{4}-\d{2}-\d{2}/\d{1,3}")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
OF_NAME = {"is_valid", "is_dataset", "filename_parts", "filename_parts dict", "dataset_name_parts", "object",
           "namespace", "attribute", "timescale", "extra", "with_object", "with_namespace", "with_extra",
           "append"}  # fmt: skip
SESSIONLESS = {"collection", "revision", "with_revision", "without_revision"}
OF_SESSION_PATH = {"get_session_path", "session_path", "relative_to_session", "with_collection", "with_padded_sequence",
                   "windows", "without_revision", "with_revision"}  # fmt: skip
OF_WHOLE = {"full_path_parts", "full_path_parts dict", "is_valid_alf", "alf_parts", "windows", "collection", "revision",
            "with_revision", "without_revision"}  # fmt: skip


def has_half_a_namespace(_: str, text: str) -> bool:
    names = PurePosixPath(text).name, PureWindowsPath(text).name
    return any(re.match(r"_(?![a-zA-Z0-9]+_\w)", name) for name in names)


def ends_in_a_new_line(_: str, text: str) -> bool:
    return text.rstrip("/").endswith("\n")


def has_digits_of_other_scripts(_: str, text: str) -> bool:
    return any(letter.isdigit() and not letter.isascii() for letter in text)


def is_not_in_the_calendar(_: str, text: str) -> bool:
    for day in DATE.findall(text):
        try:
            date.fromisoformat(day)
        except ValueError:
            return True
    return False


def session_is_part_of_a_folder(question: str, text: str) -> bool:
    texts = {text, text.replace("\\", "/")}
    return any(
        (found.start() and text[found.start() - 1] != "/") or text[found.end() : found.end() + 1] not in ("", "/")
        for text in texts
        for found in LOOSE_SESSION.finditer(text)
    ) or (question in {"without_lab", "relative_to_lab"} and re.search(r"[^\w/]\w+/Subjects/", text) is not None)


def has_an_odd_folder(question: str, text: str) -> bool:
    parts = re.split(r"[/\\]", text)
    odd = [part for part in (*parts, *text.split("/")) if not re.fullmatch(r"#[\w.-]+#|[\w.-]*", part)]
    last = len(parts) - (1 if question.startswith("folder_parts") else 2)
    marked = [i for i, part in enumerate(parts) if re.fullmatch(r"#[\w.-]+#", part) and i < last]
    return question not in OF_NAME and bool(odd or marked or ".." in parts or "" in parts[1:] or "." in parts)


def has_no_session(question: str, text: str) -> bool:
    return question in SESSIONLESS and alf.PurePosixALFPath(text).session_path() is None


def is_a_folder_in_a_folder(question: str, text: str) -> bool:
    path = PurePosixPath(text.replace("\\", "/"))
    return question in OF_WHOLE and (path.name.count(".") < 2 or path.name.startswith("#"))


def has_an_id_elsewhere(question: str, _: str) -> bool:
    return question in {"with_uuid", "without_uuid"}


def is_short_without_a_lab(question: str, text: str) -> bool:
    return question == "short_lab" and not alf.PurePosixALFPath(text).lab


def attribute_ends_in_times(question: str, text: str) -> bool:
    name = alf.PurePosixALFPath(text)
    return question in {"with_attribute", "with_timescale"} and name.attribute.endswith(("_times", "_intervals"))


def is_a_loose_session(question: str, text: str) -> bool:
    return question in OF_SESSION_PATH


KNOWN: dict[str, Callable[[str, str], bool]] = {
    "a namespace stands between two underscores, and an object follows": has_half_a_namespace,
    "a line's end is no part of a name": ends_in_a_new_line,
    "a day is in the calendar": is_not_in_the_calendar,
    "days and numbers are written with 0 to 9": has_digits_of_other_scripts,
    "lab, subject, date and number are whole folders": session_is_part_of_a_folder,
    "a folder that no collection can be called makes a path invalid; it is not cut off": has_an_odd_folder,
    "collection and revision are known without a session": has_no_session,
    "a folder inside a collection, and a revision with dots, are folders": is_a_folder_in_a_folder,
    "any file name takes an id, and ids in capitals are ids": has_an_id_elsewhere,
    "a session without a lab is written without a slash in front": is_short_without_a_lab,
    "goCue_times is one attribute": attribute_ends_in_times,
    "what session_parts finds is what session_path cuts off": is_a_loose_session,
}


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.peer
@pytest.mark.timeout(900)
def test_names_and_paths_are_read_as_one_api_reads_them():
    folder = os.environ.get("BREGMA_PEER_ONE")
    if not folder:
        pytest.skip("no ONE-api environment; `make peer` makes one, or name its folder in BREGMA_PEER_ONE")
    asked, texts = module("asked_of_names"), list(module("random_names").random_names(N))
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    command = [f"{folder}/bin/python", str(HERE / "asked_of_names.py")]
    said = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout
    differ: list[tuple[str, str, Any, Any]] = []
    used: Counter[str] = Counter()
    for i, (text, line) in enumerate(zip(texts, said.splitlines(), strict=True)):
        peer, ours = json.loads(line), asked.answers(text, alf, changes=i % 10 == 0)
        for question in (one for one in peer if peer[one] != ours[one]):
            rule = next((rule for rule, holds in KNOWN.items() if holds(question, text)), None)
            used[rule or ""] += 1
            differ += [] if rule else [(question, text, peer[question], ours[question])]
    assert differ[:20] == []
    assert [rule for rule in KNOWN if rule not in used] == []
