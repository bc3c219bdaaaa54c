"""Searches and lists as docs/reference/search.md tells them, over rows in plain Python: none of bregma's code.

``defects`` are those of ONE-api that docs/reference/differences.md names; with them, the answers are those of ONE-api.
"""

import re
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

Row = dict[str, Any]
QCS = {"NOT_SET": 0, "PASS": 10, "WARNING": 30, "FAIL": 40, "CRITICAL": 50}
TEXTS = {"subject": "subject", "lab": "lab", "task": "task_protocol", "projects": "projects"}
OF_PROBES = "name", "model", "serial"
CASE = "case is heeded"
BARS = "several texts are one with bars between them"
MOMENT = "a moment is the 24 hours after it"
QUALITY = "quality alone finds nothing"
PROBE = "files of insertions are any of their session"
OWN = "files of the session's own folder are overlooked where there are others"
DEFECTS = CASE, BARS, MOMENT, QUALITY, PROBE, OWN


class Rows:
    """The rows of tables."""

    def __init__(self, sessions: list[Row], datasets: list[Row], insertions: list[Row]) -> None:
        self.sessions = {row["id"]: row for row in sessions}
        self.insertions = insertions
        self.files: dict[str, list[Row]] = {}
        for row in datasets:
            self.files.setdefault(row["eid"], []).append(row)

    def answer(self, query: dict[str, Any], *, wildcards: bool, defects: tuple[str, ...] = ()) -> Any:
        """Answer one query by ids or texts."""
        method, asked = query["method"], dict(query["arguments"])
        one = Asked(asked, wildcards=wildcards, defects=defects)
        if method == "search":
            found = [row for eid, row in self.sessions.items() if one.means(row, self.files.get(eid, []))]
            return newest_first(found)
        if method == "search_insertions":
            return self.probes(one)
        eid = asked.pop("eid", None)
        rows = self.files.get(eid, []) if eid else [row for files in self.files.values() for row in files]
        paths = sorted({row["rel_path"] for row in rows if one.lists(row)})
        part = {"list_collections": 0, "list_revisions": 1}.get(method)
        return paths if part is None else sorted({place(path)[part] for path in paths})

    def probes(self, one: "Asked") -> list[str]:
        found = []
        for row in self.insertions:
            session, files = self.sessions[row["eid"]], self.files.get(row["eid"], [])
            inside = [file for file in files if f"/{row['name']}/" in f"/{file['rel_path']}"]
            if one.means(session, files if PROBE in one.defects else inside, row):
                found.append({**session, **row})
        return newest_first(found, "name")


class Asked:
    """What one query asks for."""

    def __init__(self, asked: dict[str, Any], *, wildcards: bool, defects: tuple[str, ...]) -> None:
        self.asked, self.wildcards, self.defects = asked, wildcards, defects

    def means(self, session: Row, files: list[Row], probe: Row | None = None) -> bool:
        """Tell whether a session is meant, or an insertion of it."""
        texts = {term: session[column] for term, column in TEXTS.items()}
        texts |= {term: (probe or {}).get(term) for term in OF_PROBES}
        return (
            all(self.has(self.asked[term], text) for term, text in texts.items() if term in self.asked)
            and ("number" not in self.asked or session["number"] in map(int, as_list(self.asked["number"])))
            and ("date" not in self.asked or self.is_of_day(session["date"]))
            and ("session" not in self.asked or session["id"] in as_list(self.asked["session"]))
            and self.has_files(files)
        )

    def has(self, value: Any, text: str) -> bool:
        """Search for texts, of which one must be there, anywhere in another."""
        texts = as_list(value)
        texts = ["|".join(texts)] if BARS in self.defects else texts
        flags = re.NOFLAG if CASE in self.defects else re.IGNORECASE
        return not texts or any(re.search(self.pattern(one), text, flags) for one in texts)

    def pattern(self, text: str) -> str:
        return text if self.wildcards else re.escape(text)

    def is_of_day(self, day: date) -> bool:
        asked, days = self.asked["date"], as_list(self.asked["date"])
        if isinstance(asked, dict):
            moment = datetime.fromisoformat(asked["moment"])
            if MOMENT in self.defects:
                return moment <= datetime(day.year, day.month, day.day) < moment + timedelta(1)  # noqa: DTZ001
            return day == moment.date()
        first, last = days * 2 if asked is days[0] else [*days, None][:2]
        return (first is None or f"{day}" >= first) and (last is None or f"{day}" <= last)

    def has_files(self, files: list[Row]) -> bool:
        if "datasets" not in self.asked and "dataset_qc_lte" not in self.asked:
            return True
        worst = level(self.asked.get("dataset_qc_lte", "FAIL"))
        overlooked = OWN in self.defects and any("/" in row["rel_path"] for row in files)
        seen = [row for row in files if "/" in row["rel_path"]] if overlooked else files
        good = [row["rel_path"].rpartition("/")[2] for row in seen if row["exists"] and row["qc"] <= worst]
        if "datasets" not in self.asked:
            return bool(good) and QUALITY not in self.defects
        flags = re.NOFLAG if CASE in self.defects else re.IGNORECASE
        names = as_list(self.asked["datasets"])  # patterns, even if texts are taken literally
        return bool(files) and all(any(re.fullmatch(one, name, flags) for name in good) for one in names)

    def lists(self, row: Row) -> bool:
        """Tell whether a file is listed."""
        if row["qc"] > level(self.asked.get("qc", "FAIL")) or (self.asked.get("ignore_qc_not_set") and row["qc"] == 0):
            return False
        if self.asked.get("default_revisions_only") and not row["default_revision"]:
            return False
        folder, revision, name = place(row["rel_path"])
        filename = self.asked.get("filename")
        named = self.has_parts(filename, name) if isinstance(filename, dict) else self.is_like(filename, name)
        placed = zip(("collection", "revision"), (folder, revision), strict=True)
        return named and all(self.is_like(self.asked.get(part), text) for part, text in placed)

    def is_like(self, value: Any, text: str) -> bool:
        compare = (
            (lambda one: fnmatchcase(text, one)) if self.wildcards else (lambda one: bool(re.fullmatch(one, text)))
        )
        return value is None or any(map(compare, as_list(value)))

    def has_parts(self, asked: dict[str, Any], name: str) -> bool:
        """Compare parts of a name that all random names here have so: _namespace_object.attribute_clock.extra.ext."""
        found = re.fullmatch(
            r"(?:_(?P<namespace>[a-zA-Z0-9]+)_)?(?P<object>\w+)\.(?P<attribute>[a-zA-Z0-9]+(?:_times)?)"
            r"(?:_(?P<timescale>\w+))?(?:\.(?P<extra>[\w.-]+))?\.(?P<extension>\w+)",
            name,
        )
        return found is not None and all(self.is_like(value, found[part] or "") for part, value in asked.items())


def place(path: str) -> tuple[str, str, str]:
    """Collection, revision and name of a file."""
    *folders, name = path.split("/")
    revision = folders.pop()[1:-1] if folders and re.fullmatch("#.+#", folders[-1]) else ""
    return "/".join(folders), revision, name


def newest_first(rows: list[Row], *columns: str) -> list[str]:
    order = ("date", "subject", "number", *columns)
    return [row["id"] for row in sorted(rows, key=lambda row: tuple(row[one] for one in order), reverse=True)]


def level(qc: str | int) -> int:
    return QCS[qc] if isinstance(qc, str) else qc


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
