"""What the reference answered on its own rows, asked again of this server: nothing may differ but its known faults."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bregma.alyx.accounts import token_for
from bregma.alyx.importing import Options, import_dump
from bregma.alyx.importing.content_types import read_names
from bregma.alyx.misc.models import LabMember

FURTHER = Path(__file__).with_name("accepted_differences.tsv")
"""Where the constraints of the tables, or plain sense, forbid what the reference answers: name, status, reason."""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_recorded_requests_are_answered_as_recorded(
    live_server: Any, shared_data: Path, settings: Any, tmp_path: Path
) -> None:
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    wire = shared_data.parent / "wire"
    if not wire.exists():
        pytest.skip(f"no recorded requests at {wire}")
    program = Path(shutil.copytree(wire, tmp_path / "wire", copy_function=shutil.copyfile))
    accepted = program / "accepted.txt"
    accepted.write_text(accepted.read_text() + FURTHER.read_text())
    import_dump(wire / "dataset.json.gz", Options(content_types=read_names(wire / "content_types.json")))
    token = token_for(LabMember.objects.get(username="admin"))
    replay = [sys.executable, str(program / "compare.py"), live_server.url, token, "-v"]
    done = subprocess.run(replay, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
