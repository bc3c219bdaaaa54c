"""Answers queries with the reference client; run by its own Python: ``python one_api_queries.py FILE``.

The file holds ``{"folder": ..., "wildcards": ..., "queries": [{"method": ..., "arguments": {...}}, ...]}``; the answers
are printed.
"""

import json
import sys
import warnings
from datetime import datetime
from pathlib import Path
from uuid import UUID

from one.api import One


def answer(one, method, arguments):
    """Ask one query; ids as texts, errors by the name of their kind."""
    if isinstance(arguments.get("date"), dict):
        arguments["date"] = datetime.fromisoformat(arguments["date"]["moment"])
    if arguments.get("eid"):
        arguments["eid"] = UUID(arguments["eid"])
    if method == "search_insertions":
        method = "_search_insertions"  # the public method needs a server, but does this
    try:
        found = getattr(one, method)(**arguments)
    except Exception as error:  # a script of one page that tells what went wrong
        return {"error": type(error).__name__, "words": str(error)}
    return plain(found)


def plain(found):
    """Write ids and days as texts."""
    if isinstance(found, tuple):
        return [plain(part) for part in found]
    if isinstance(found, dict):
        return {key: plain(value) for key, value in found.items()}
    if type(found).__name__ == "DataFrame":
        return plain(list(found["rel_path"]))  # of an empty list of files
    if found is None:
        return []
    return [plain(each) for each in found] if isinstance(found, list) else str(found)


def main():
    """Answer all queries of a file."""
    warnings.simplefilter("ignore")
    task = json.loads(Path(sys.argv[1]).read_text())
    one = One(task["folder"], wildcards=task.get("wildcards", True))
    json.dump([answer(one, query["method"], query["arguments"]) for query in task["queries"]], sys.stdout)


main()
