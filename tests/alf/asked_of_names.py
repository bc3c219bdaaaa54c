"""What is asked about names and paths: the same of bregma and, run as a script in its environment, of ONE-api."""

import json
import sys
from collections.abc import Callable
from typing import Any

NAME = "object", "namespace", "attribute", "timescale", "extra", "lab", "subject", "sequence"
UUID = "738eca6f-d437-40d6-a9b8-a3f4cbbfbff7"


def questions(text: str, alf: Any, *, wholly: bool) -> dict[str, Callable[[], Any]]:
    path = alf.PurePosixALFPath(text)
    asked: dict[str, Callable[[], Any]] = {
        "is_session_path": lambda: alf.is_session_path(text),
        "is_valid_alf": path.is_valid_alf,
        "get_alf_path": lambda: alf.get_alf_path(text),
        "collection": lambda: path.collection,
        "revision": lambda: path.revision,
        "alf_parts": lambda: path.alf_parts,
    }
    for name in ("filename_parts", "session_path_parts", "rel_path_parts", "folder_parts", "full_path_parts"):
        asked[name] = lambda name=name: getattr(alf, name)(text)
    if not wholly:
        return asked
    windows = alf.PureWindowsALFPath(text)
    asked |= {
        "is_valid": lambda: alf.is_valid(text),
        "is_dataset": path.is_dataset,
        "get_session_path": lambda: alf.get_session_path(text),
        "short": path.session_path_short,
        "short_lab": lambda: path.session_path_short(include_lab=True),
        "windows": lambda: (windows.alf_parts, windows.session_path()),
    }
    for name in ("filename_parts", "session_path_parts", "rel_path_parts", "folder_parts", "full_path_parts"):
        asked[f"{name} dict"] = lambda name=name: getattr(alf, name)(text, as_dict=True, assert_valid=False)
    for name in (*NAME, "date", "dataset_name_parts", "session_parts"):
        asked[name] = lambda name=name: getattr(path, name)
    for name in ("session_path", "without_lab", "relative_to_lab", "relative_to_session", "without_revision"):
        asked[name] = lambda name=name: getattr(path, name)()
    for name in ("with_padded_sequence", "without_uuid"):
        asked[name] = lambda name=name: getattr(path, name)()
    for name, value in CHANGES.items():
        asked[name] = lambda name=name, value=value: getattr(path, name)(value)
    asked["append"] = lambda: path.with_extra(["x", "y"], append=True)
    return asked


CHANGES = {
    "with_lab": "newlab", "with_subject": "new-subject", "with_date": "2021-02-03", "with_sequence": 7,
    "with_object": "newObject", "with_namespace": "newns", "with_attribute": "newAttribute",
    "with_timescale": "newClock", "with_extra": "new.extra", "with_extension": "new", "with_uuid": UUID,
    "with_collection": "new/collection", "with_revision": "2021-01-01",
}  # fmt: skip


def answers(text: str, alf: Any, *, wholly: bool) -> dict[str, Any]:
    """Ask about one text, if wished all questions; what is refused is answered ``refused``."""
    found = {}
    for name, ask in questions(text, alf, wholly=wholly).items():
        try:
            found[name] = plain(ask())
        except (ValueError, AttributeError):  # AttributeError: ONE-api looks into a match that is None
            found[name] = "refused"
    return found


def plain(value: Any) -> Any:
    """Write an answer so that JSON keeps it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value.as_posix()


def main() -> None:
    import logging

    from one.alf import path, spec

    logging.disable()
    for name, value in vars(spec).items():
        setattr(path, name, value)
    for i, line in enumerate(sys.stdin):
        sys.stdout.write(json.dumps(answers(json.loads(line), path, wholly=i % 10 == 0)) + "\n")


if __name__ == "__main__":
    main()
