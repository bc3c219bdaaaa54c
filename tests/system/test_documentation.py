"""Every Python snippet of the guides runs, against the demo lab."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PAGES = [page.name for page in sorted(GUIDES.glob("*.md")) if "```python" in page.read_text()]


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_of_the_page_run(page: str, lab, tmp_path: Path) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", (GUIDES / page).read_text(), re.DOTALL))
    login = {
        "BREGMA_HOME": str(lab.home),
        "BREGMA_URL": lab.url,
        "BREGMA_TOKEN": lab.token("visitor"),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={**os.environ, **login},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_are_snippets() -> None:
    assert len(PAGES) >= 5
