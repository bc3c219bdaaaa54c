"""100,000 random names and paths: the same as ONE-api reads, but for the rules of docs/reference/differences.md.

Where they differ, bregma must say what plain Python (plain_alf.py) makes of those rules.
"""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from tests.alf.asked_of_names import CHANGES, answers
from tests.alf.plain_alf import Plain, is_file, is_session, read_inside
from tests.alf.plain_alf import answers as plain_answers
from tests.alf.plain_changes import changes as plain_changes
from tests.alf.random_names import random_names

from bregma import alf

N = 100_000
LOOSE_SESSION = re.compile(r"(?:\w+/Subjects/)?[\w.-]+/\d{4}-\d{2}-\d{2}/\d{1,3}")
LIKE_A_DAY = re.compile(r"[/\\]\d{1,4}-\d{1,2}-\d{1,2}[^/\\]*[/\\]+\d+(?=[/\\]|$)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
OF_NAME = {"is_valid", "is_dataset", "filename_parts", "filename_parts dict", "dataset_name_parts", "object",
           "namespace", "attribute", "timescale", "extra", "with_object", "with_namespace", "with_extra", "append",
           "with_attribute", "with_timescale", "with_extension"}  # fmt: skip
WITH_NAME = {"rel_path_parts", "rel_path_parts dict", "full_path_parts", "full_path_parts dict", "alf_parts", "windows",
             "is_valid_alf", "get_alf_path"}  # fmt: skip
MOVED = {"with_collection", "with_revision", "without_revision"}
PLACE = {"collection", "revision", "folder_parts", "folder_parts dict", "full_path_parts", "full_path_parts dict",
         "is_valid_alf", "alf_parts", "windows", *MOVED}  # fmt: skip
SESSION_PATH = {"get_session_path", "session_path", "relative_to_session", "with_collection", "with_padded_sequence",
                "windows"}  # fmt: skip
SESSIONLESS = {"collection", "revision", "with_revision", "without_revision"}
OF_WHOLE = {"full_path_parts", "full_path_parts dict", "is_valid_alf", "alf_parts", "windows", "collection", "revision",
            "with_revision", "without_revision"}  # fmt: skip


def has_half_a_namespace(question: str, text: str) -> bool:
    names = PurePosixPath(text).name, PureWindowsPath(text).name
    return question in OF_NAME | WITH_NAME and any(re.match(r"_(?![a-zA-Z0-9]+_\w)", name) for name in names)


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
    if question in OF_NAME:
        return False
    texts = {text, text.replace("\\", "/")}
    return any(
        (found.start() and text[found.start() - 1] != "/") or text[found.end() : found.end() + 1] not in ("", "/")
        for text in texts
        for found in LOOSE_SESSION.finditer(text)
    ) or (question in {"without_lab", "relative_to_lab"} and re.search(r"[^\w/]\w+/Subjects/", text) is not None)


def has_an_odd_folder(question: str, text: str) -> bool:
    """Tell whether what follows the session is no collection, or comes after a revision."""
    paths = Plain(text), Plain(text, PureWindowsPath)
    after = [folders for path in paths for folders in (path.inside, path.after)]
    return question in PLACE and any(read_inside("".join(f"{one}/" for one in folders)) is None for folders in after)


def has_dots_for_a_subject(_: str, text: str) -> bool:
    return re.search(r"(?:^|[/\\])\.\.?[/\\]\d{4}-\d{2}-\d{2}[/\\]", text) is not None


def has_double_slashes(question: str, text: str) -> bool:
    return question not in OF_NAME and re.search(r"[/\\]\.?[/\\]|[/\\]\.$", text) is not None


def is_a_file_of_another_name(question: str, text: str) -> bool:
    path = Plain(text)
    return question in MOVED and is_file(path.path.name) and path.name_parts is None


def has_two_sessions(question: str, text: str) -> bool:
    folders = PurePosixPath(text).parts
    sessions = [i for i in range(len(folders) - 2) if is_session(folders[i : i + 3])]
    return question == "with_collection" and sessions[1:] == [len(folders) - 3]


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
    return question in SESSION_PATH and LIKE_A_DAY.search(f"/{text}") is not None and Plain(text).session is None


KNOWN: dict[str, Callable[[str, str], bool]] = {
    "a namespace stands between two underscores, and an object follows": has_half_a_namespace,
    "a line's end is no part of a name": ends_in_a_new_line,
    "a day is in the calendar": is_not_in_the_calendar,
    "days and numbers are written with 0 to 9": has_digits_of_other_scripts,
    "lab, subject, date and number are whole folders": session_is_part_of_a_folder,
    "no subject is called ..": has_dots_for_a_subject,
    "of two sessions in a path the first is meant": has_two_sessions,
    "slashes side by side are one": has_double_slashes,
    "a file that is not named by the convention changes its folders too": is_a_file_of_another_name,
    "a folder that no collection can be called makes a path invalid; it is not cut off": has_an_odd_folder,
    "collection and revision are known without a session": has_no_session,
    "a folder inside a collection, and a revision with dots, are folders": is_a_folder_in_a_folder,
    "any file name takes an id, and ids in capitals are ids": has_an_id_elsewhere,
    "a session without a lab is written without a slash in front": is_short_without_a_lab,
    "goCue_times is one attribute": attribute_ends_in_times,
    "what session_parts finds is what session_path cuts off": is_a_loose_session,
}


@pytest.mark.peer
@pytest.mark.timeout(900)
def test_names_and_paths_are_read_as_one_api_reads_them(one_api):
    texts = list(random_names(N))
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    command = [one_api, Path(__file__).with_name("asked_of_names.py")]
    said = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout
    differ: list[tuple[str, str, Any, Any]] = []
    used: Counter[str] = Counter()
    for i, (text, line) in enumerate(zip(texts, said.splitlines(), strict=True)):
        peer, ours = json.loads(line), json.loads(json.dumps(answers(text, alf, wholly=i % 10 == 0)))
        questions = [question for question in peer if peer[question] != ours[question]]
        right = plain_answers(text) | plain_changes(text, CHANGES) if questions else {}
        for question in questions:
            rule = next((rule for rule, holds in KNOWN.items() if holds(question, text)), None)
            used[rule or ""] += 1
            told = rule and ours[question] == right[question]
            differ += [] if told else [(question, text, peer[question], ours[question])]
    assert differ[:20] == []
    assert [rule for rule in KNOWN if rule not in used] == []
