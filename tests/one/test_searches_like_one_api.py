"""1,700 random searches and lists: as plain Python answers them, and as ONE-api does but for its listed defects.

ONE and ONE-api are asked the same. What ONE answers must be what plain_tables.py makes of the rows by the documented
rules. Where ONE-api answers a search otherwise, its answer must be what plain_tables.py makes with the defects that
touch this query; in a list, each path it lacks or has too much must be one that a named defect explains.
"""

import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.one.plain_tables import DEFECTS, Rows, place
from tests.one.random_queries import LISTS, SEARCHES, Asker, Query, make_tables, read_rows, real_tables

from bregma.one import ONE

SCRIPT = Path(__file__).with_name("one_api_queries.py")
ALF = re.compile(r"\w+\.(?:_[a-z]+_)?[a-zA-Z0-9]+(?:_\w+)?(?:\.[\w.-]+)?\.\w+")
ERRORS = {
    "KeyError": "insertions of sessions cannot be looked up where one of them has none",
    "NotImplementedError": "terms of sessions must be written out beside those of insertions",
}


def plain_rows(folder: Path) -> Rows:
    rows = Rows(*(read_rows(folder, name) for name in ("sessions", "datasets", "insertions")))
    for row in rows.sessions.values():
        row["date"] = row["date"].date() if isinstance(row["date"], datetime) else row["date"]
    return rows


def ask_here(one: ONE, query: Query) -> list[str]:
    """Ask this client; ids as texts."""
    arguments = dict(query["arguments"])
    if isinstance(arguments.get("date"), dict):
        arguments["date"] = datetime.fromisoformat(arguments["date"]["moment"])
    if arguments.get("eid"):
        arguments["eid"] = UUID(arguments["eid"])
    return [str(found) for found in getattr(one, query["method"])(**arguments)]


def ask_peer(python: Path, folder: Path, queries: list[Query], *, wildcards: bool) -> list[Any]:
    task = folder / "task.json"
    task.write_text(json.dumps({"folder": str(folder), "queries": queries, "wildcards": wildcards}))
    home = {**os.environ, "HOME": str(folder)}
    done = subprocess.run([python, SCRIPT, task], capture_output=True, text=True, env=home, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers


def is_explained(rows: Rows, query: Query, theirs: Any, *, wildcards: bool) -> bool:
    """Tell whether named defects, and nothing else, make an answer what it is."""
    if isinstance(theirs, dict):
        return theirs["error"] in ERRORS and query["method"] == "search_insertions"
    if query["method"].startswith("list"):
        return _is_list_explained(rows, query, theirs, wildcards=wildcards)
    right = rows.answer(query, wildcards=wildcards)
    touched = [one for one in DEFECTS if rows.answer(query, wildcards=wildcards, defects=(one,)) != right]
    answer: bool = rows.answer(query, wildcards=wildcards, defects=tuple(touched)) == theirs
    return answer


def _is_list_explained(rows: Rows, query: Query, theirs: list[str], *, wildcards: bool) -> bool:
    """Explain what a list of ONE-api lacks, and what it has too much; its order is that of the table."""
    asked, part = query["arguments"], {"list_collections": 0, "list_revisions": 1}.get(query["method"])
    paths = rows.answer({**query, "method": "list_datasets"}, wildcards=wildcards)
    loosened = _loosened(asked, "*" if wildcards else ".*")
    more = rows.answer({"method": "list_datasets", "arguments": loosened}, wildcards=wildcards)
    lost = [path for path in paths if _is_lost(path, asked, part)]
    allowed = [set(found) if part is None else {place(path)[part] for path in found} for found in (paths, lost, more)]
    nowhere = {""} if any(not ALF.fullmatch(place(path)[2]) for path in more) else set()
    return allowed[0] - {*theirs} <= allowed[1] and {*theirs} - allowed[0] <= allowed[2] | nowhere


def _is_lost(path: str, asked: dict[str, Any], part: int | None) -> bool:
    """Names that are not ALF are left out unless they are asked for, and have no place; see also several names."""
    filename, is_alf = asked.get("filename"), ALF.fullmatch(place(path)[2])
    several = isinstance(filename, list) and len(filename) > 1 and "/" in path
    return several or (not is_alf and (part is not None or not isinstance(filename, (str, list))))


def _loosened(asked: dict[str, Any], anything: str) -> dict[str, Any]:
    """What may be found too much: a star goes over folders and revisions, and a namespace is the beginning of one."""
    filename = asked.get("filename")
    if isinstance(filename, dict) and "namespace" in filename:
        return {**asked, "filename": {key: f"{value}{anything}" for key, value in filename.items()}}
    has_star = "*" in f"{filename}{asked.get('collection')}{asked.get('revision')}"
    return {key: value for key, value in asked.items() if not has_star or key not in {"collection", "revision"}}


def check(python: Path, folder: Path, asker: Asker, n: int) -> None:
    one = ONE(cache_dir=folder, tables_dir=folder, mode="local", wildcards=asker.wildcards)
    rows, queries = plain_rows(folder), asker.queries(n)
    answers, same = ask_peer(python, folder, queries, wildcards=asker.wildcards), 0
    for query, theirs in zip(queries, answers, strict=True):
        ours = ask_here(one, query)
        assert ours == rows.answer(query, wildcards=asker.wildcards), query
        assert ours == theirs or is_explained(rows, query, theirs, wildcards=asker.wildcards), (query, ours, theirs)
        same += bool(ours) and ours == theirs
    assert same > n / 6


@pytest.mark.peer
@pytest.mark.parametrize(("seed", "wildcards"), [(1, True), (2, False)])
def test_generated_tables_are_searched_alike(tmp_path, one_api, seed, wildcards):
    folder = make_tables(tmp_path, seed)
    check(one_api, folder, Asker(folder, seed, SEARCHES + LISTS, wildcards=wildcards), 600)


@pytest.mark.peer
def test_real_tables_are_searched_alike(tmp_path, one_api, shared_data):
    folder = real_tables(tmp_path, shared_data / "openalyx_one_cache")
    check(one_api, folder, Asker(folder, 3, ["search"] * 4 + LISTS), 500)


def test_tables_are_searched_as_the_rules_say(tmp_path):
    folder = make_tables(tmp_path, 4)
    rows, one = plain_rows(folder), ONE(cache_dir=folder, tables_dir=folder, mode="local")
    for query in Asker(folder, 4, SEARCHES + LISTS).queries(150):
        assert ask_here(one, query) == rows.answer(query, wildcards=True), query
