"""The reference's analyses, asked in a process of their own environment: code in, arrays out."""

import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

LOOP = """
import os, pickle, sys, traceback
requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # what the reference prints is no answer
while True:
    try:
        code, names = pickle.load(requests)
    except EOFError:
        break
    try:
        exec(code, names)
        names.pop("__builtins__")
        answer = names["result"]
    except Exception:
        answer = RuntimeError(traceback.format_exc())
    pickle.dump(answer, answers, protocol=4)
    answers.flush()
"""


class Reference:
    """A process with the reference installed. Every call runs code that sets ``result``."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(folder / "bin" / "python"), "-W", "ignore", "-c", LOOP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"MPLBACKEND": "agg"},
        )

    def __call__(self, code: str, **inputs: Any) -> Any:
        """Return ``result`` of the code, which knows the inputs by name. Arrays, numbers, dicts and lists of them."""
        assert self._process.stdin
        assert self._process.stdout
        pickle.dump((code, inputs), self._process.stdin, protocol=4)
        self._process.stdin.flush()
        answer = pickle.load(self._process.stdout)
        if isinstance(answer, RuntimeError):
            raise answer
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
