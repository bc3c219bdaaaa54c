"""A rig, or one of many readers, in a process of its own; prints JSON when it is done.

``number SUBJECT DAY`` makes a session; ``register FOLDER`` enters it and sends its files, telling each step; ``load
SESSION`` loads spikes and prints the md5 of the files.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from bregma.alf import ALFPath
from bregma.one import ONE, RegistrationClient


def say(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def number(one: ONE, subject: str, day: str) -> None:
    folder, eid = RegistrationClient(one).create_new_session(subject, date=f"{day}T10:00:00")
    say([str(folder), str(eid)])


def register(one: ONE, folder: str) -> None:
    rig = RegistrationClient(one)
    rig.register_session(folder, file_list=False, task_protocol="interrupted", n_trials=3)
    say("session")
    say(len(rig.send_files(sorted(ALFPath(path) for path in Path(folder).rglob("*.npy")))))


def load(one: ONE, session: str) -> None:
    paths = one.load_object(session, "spikes", download_only=True)
    say(sorted(hashlib.md5(path.read_bytes()).hexdigest() for path in paths))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    with ONE(os.environ["BREGMA_URL"], token=os.environ["BREGMA_TOKEN"], cache_dir=Path.cwd(), silent=True) as client:
        {"number": number, "register": register, "load": load}[command](client, *words)
