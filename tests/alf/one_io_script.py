"""Run in the environment of ONE-api: load objects of folders, and write what they hold as JSON."""

import json
import logging
import sys
from pathlib import Path

import numpy as np
import one.alf.io as alfio
import pandas as pd

logging.disable(logging.CRITICAL)


def describe(value: object) -> object:
    if isinstance(value, (pd.DataFrame, pd.Series)):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        return {"kind": value.dtype.kind, "shape": list(value.shape), "values": value.tolist()}
    return value.name if isinstance(value, Path) else value


def answer(folder: Path, question: dict) -> object:
    try:
        bunch = alfio.load_object(folder, **question)
    except Exception as error:
        return type(error).__name__
    return {key: describe(value) for key, value in bunch.items()} | {"status": bunch.check_dimensions}


def choose(folder: Path, question: dict) -> object:
    parts = {key: value for key, value in question.items() if key != "short_keys"}
    files, names = alfio.filter_by(folder, **parts)
    variants = {path.name: [one.name for one in found] for path, found in find_variants(folder, files).items()}
    return [[str(file) for file in files], [list(name) for name in names], alfio.exists(folder, **parts), variants]


def find_variants(folder: Path, files: list) -> dict:
    variants = alfio.find_variants([folder / file for file in files], extra=False, namespace=False)
    return {path: sorted(found) for path, found in variants.items()}


if __name__ == "__main__":
    root = Path(sys.argv[1])
    questions = json.loads((root / "questions.json").read_text())
    answers = [answer(root / folder, question) for folder, question in questions]
    (root / "answers.json").write_text(json.dumps(answers))
    choices = [choose(root / folder, question) for folder, question in questions]
    (root / "choices.json").write_text(json.dumps(choices))
