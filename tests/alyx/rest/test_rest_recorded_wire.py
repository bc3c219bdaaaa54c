"""What the reference answered on its own rows, asked again of this server: nothing may differ but its known faults."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bregma.alyx.accounts import token_for
from bregma.alyx.importing import Options, import_dump
from bregma.alyx.importing.content_types import read_names
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_recorded_requests_are_answered_as_recorded(live_server: Any, shared_data: Path, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    wire = shared_data.parent / "wire"
    if not wire.exists():
        pytest.skip(f"no recorded requests at {wire}")
    import_dump(wire / "dataset.json.gz", Options(content_types=read_names(wire / "content_types.json")))
    token = token_for(LabMember.objects.get(username="admin"))
    replay = [sys.executable, str(wire / "compare.py"), live_server.url, token, "-v"]
    done = subprocess.run(replay, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
