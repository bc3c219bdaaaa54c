"""600 random lists and loads, by ONE and by ONE-api of the same folder: the same, but for what is listed here."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.one import one_api_loads, random_lab

from bregma.one import ONE

HERE = Path(__file__).parent
N = 600
SAME_ERRORS = {
    "ALFObjectNotFound": {"ObjectNotFound"},
    "ALFMultipleCollectionsFound": {"AmbiguousCollection"},
    "ALFMultipleObjectsFound": {"MultipleObjectsFound"},
    "ALFMultipleRevisionsFound": {"AmbiguousRevision"},
    "ALFError": {"ALFError"},
    "ValueError": {"ValueError"},
}

Answer = dict[str, Any]


def filename_of(call: list[Any]) -> Any:
    return call[1][1] if call[0] in {"list_datasets", "list_collections", "list_revisions", "load_dataset"} else None


def name_with_stars_reaches_into_folders(call: list[Any], _: Answer) -> bool:
    """Theirs compares *name* with the rest of the path, so that collection and revision do not restrict it."""
    name = filename_of(call)
    return isinstance(name, str) and name.startswith("*") and "*" in name[1:]


def parts_without_extension_crash(call: list[Any], theirs: Answer) -> bool:
    """Theirs fails to write the message that parts name no file."""
    return call[0] == "load_datasets" and "to_alf() missing" in theirs.get("message", "")


def namespace_is_the_beginning_of_another(call: list[Any], _: Answer) -> bool:
    """Theirs finds _iblrig_taskData by the namespace ibl: the rest may be of the object."""
    parts = call[2] if call[0] == "load_object" else filename_of(call)
    return isinstance(parts, dict) and "namespace" in parts


def adds(ours: Answer, theirs: Answer) -> bool:
    """Tell whether theirs lists all that ours does, and more: what too wide a pattern does; loads find several then."""
    found = (one.get("value") for one in (ours, theirs))
    few, many = (one.get("paths") if isinstance(one, dict) else one for one in found)
    return not (isinstance(few, list) and isinstance(many, list)) or {*map(str, few)} <= {*map(str, many)}


FIXED = (namespace_is_the_beginning_of_another, name_with_stars_reaches_into_folders, parts_without_extension_crash)


def sorted_lists(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


def agree(ours: Answer, theirs: Answer) -> bool:
    if "error" in theirs or "error" in ours:
        expected = SAME_ERRORS.get(theirs.get("error", [""])[0], set())
        return bool(expected & set(ours.get("error", [])))
    same_value = sorted_lists(ours["value"]) == sorted_lists(theirs["value"])
    return same_value and ("ALFWarning" in ours["warned"]) == ("ALFWarning" in theirs["warned"])


def ask_the_peer(python: Path, folder: Path, calls: list[list[Any]]) -> list[Answer]:
    asked, answers = folder / "calls.json", folder / "answers.json"
    asked.write_text(json.dumps(calls))
    command = [python, HERE / "one_api_loads.py", folder, asked, answers]
    subprocess.run(command, check=True, capture_output=True)
    found: list[Answer] = json.loads(answers.read_text())
    return found


@pytest.mark.peer
@pytest.mark.parametrize("seed", [1, 2])
def test_lists_and_loads_are_those_of_one_api(seed, tmp_path, one_api):
    calls = random_lab.make_calls(random_lab.make_lab(tmp_path, seed), seed, N // 2)
    theirs = ask_the_peer(one_api, tmp_path, calls)
    one = ONE(cache_dir=tmp_path, mode="local", token="none")
    ours = [json.loads(json.dumps(one_api_loads.answer(one, tmp_path, *call))) for call in calls]
    differ = [each for each in zip(calls, ours, theirs, strict=True) if not agree(*each[1:])]
    unknown = [each for each in differ if not (any(rule(each[0], each[2]) for rule in FIXED) and adds(*each[1:]))]
    assert unknown == []
    assert sum("value" in one for one in theirs) > N // 5
    assert len(differ) < N // 20
