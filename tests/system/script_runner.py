"""Runs scripts one after another in one process, as told on standard input; says of each why it failed, or nothing."""

import contextlib
import json
import os
import runpy
import sys
import traceback
import warnings


def run(path: str, folder: str) -> str:
    """Run a script in a folder as a person does; warnings are errors."""
    os.chdir(folder)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", ResourceWarning)  # a person's process ends here, and closes its sockets
            runpy.run_path(path, run_name="__main__")
    except BaseException:  # a script may end the process too, and the next one must run all the same
        return traceback.format_exc()
    return ""


while line := sys.stdin.readline():
    sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
    sys.stdout.flush()
