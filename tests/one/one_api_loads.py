"""Answer calls of list_* and load_* with ONE-api, in its own environment: python one_api_loads.py FOLDER CALLS ANSWERS.

CALLS is a JSON list of [method, arguments, keywords]; ANSWERS gets a list of {"value"} or {"error"}, and {"warned"}.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def plain(value: Any, root: Path) -> Any:
    """Write what a call gave in a form that two clients can be compared by."""
    if isinstance(value, pd.DataFrame):
        return {"index": list(value.index.names), "paths": sorted(value["rel_path"])}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return value.relative_to(root).as_posix()
    if isinstance(value, dict):
        return {str(key): plain(item, root) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [plain(item, root) for item in value]
    return value if value is None or isinstance(value, (int, float, bool)) else str(value)


def answer(one: Any, root: Path, method: str, arguments: list[Any], keywords: dict[str, Any]) -> dict[str, Any]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result: dict[str, Any] = {"value": plain(getattr(one, method)(*arguments, **keywords), root)}
        except Exception as error:
            result = {"error": [kind.__name__ for kind in type(error).__mro__], "message": str(error)[:300]}
    return {**result, "warned": sorted({kind.__name__ for one in caught for kind in one.category.__mro__})}


def main(folder: str, calls: str, answers: str) -> None:
    from one.api import One

    one = One(cache_dir=folder)
    asked = json.loads(Path(calls).read_text())
    Path(answers).write_text(json.dumps([answer(one, Path(folder), *call) for call in asked]))


if __name__ == "__main__":
    main(*sys.argv[1:])
