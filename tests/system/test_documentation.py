"""Every Python snippet of the guides and every example runs, against the demo lab."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
RUNNER = Path(__file__).with_name("script_runner.py")
EXAMPLES = sorted((GUIDES.parents[1] / "examples").glob("*.py"))
PAGES = [page.name for page in sorted(GUIDES.glob("*.md")) if "```python" in page.read_text()]


def log_in(lab, folder: Path) -> dict[str, str]:
    """Return the environment of a person who is logged in to the lab."""
    login = {
        "BREGMA_HOME": str(lab.home),
        "BREGMA_URL": lab.url,
        "BREGMA_TOKEN": lab.token("visitor"),
        "XDG_CACHE_HOME": str(folder),
    }
    return {**os.environ, **login}


@pytest.fixture(scope="module")
def run_script(lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, Path], str]]:
    """Return the function that runs a script and tells why it failed. One process for all: imports take longest."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", RUNNER],
        env=log_in(lab, tmp_path_factory.mktemp("cache")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def tell(script: Path, folder: Path) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        print(json.dumps({"path": str(script), "folder": str(folder)}), file=process.stdin, flush=True)
        return str(json.loads(process.stdout.readline() or '"the process died"'))

    with process:
        yield tell
        process.stdin.close()  # type: ignore[union-attr] # it is a pipe


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_of_the_page_run(page: str, run_script, tmp_path: Path) -> None:
    script = tmp_path / "snippets.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", (GUIDES / page).read_text(), re.DOTALL)))
    assert run_script(script, tmp_path) == ""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_and_leaves_its_picture(example: Path, run_script, tmp_path: Path) -> None:
    assert run_script(example, tmp_path) == ""
    assert (tmp_path / f"{example.stem}.png").stat().st_size > 5000


def test_every_example_is_in_the_gallery() -> None:
    shown = re.findall(r"examples/(\w+)\.py", (GUIDES / "examples.md").read_text())
    assert sorted(shown) == [example.stem for example in EXAMPLES]


def test_there_are_snippets() -> None:
    assert len(PAGES) >= 5
    assert len(EXAMPLES) >= 3
