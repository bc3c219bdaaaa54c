"""Every Python snippet of the guides and every example runs, against the demo lab."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
EXAMPLES = sorted((GUIDES.parents[1] / "examples").glob("*.py"))
PAGES = [page.name for page in sorted(GUIDES.glob("*.md")) if "```python" in page.read_text()]


def run(code: str, lab, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a person would who is logged in to the lab."""
    login = {
        "BREGMA_HOME": str(lab.home),
        "BREGMA_URL": lab.url,
        "BREGMA_TOKEN": lab.token("visitor"),
        "XDG_CACHE_HOME": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={**os.environ, **login},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_of_the_page_run(page: str, lab, tmp_path: Path) -> None:
    done = run("\n".join(re.findall(r"```python\n(.*?)```", (GUIDES / page).read_text(), re.DOTALL)), lab, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_and_leaves_its_picture(example: Path, lab, tmp_path: Path) -> None:
    done = run(example.read_text(), lab, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{example.stem}.png").stat().st_size > 5000


def test_there_are_snippets() -> None:
    assert len(PAGES) >= 5
    assert len(EXAMPLES) >= 3
