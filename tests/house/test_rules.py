"""The rules of the house that a linter does not know."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bregma.later import PackageMissing, need_package

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "bregma"
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
LIGHT_ROOMS = ["alf", "atlas", "brainbox", "one", "services", "store"]
HEAVY = {"django", "datajoint", "vtkmodules", "pyvista", "matplotlib", "trame"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.splitlines() if (path := REPOSITORY / name).is_file()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_is(room: str) -> None:
    text = ast.get_docstring(ast.parse((SOURCE / room / "__init__.py").read_text())) or ""
    found = re.search(r"^Read first: ([\w/]+\.py)", text, re.MULTILINE)
    assert "\nMay import: " in text
    assert found, "the docstring names no file to read first"
    assert (SOURCE / room / found[1]).is_file()
    if room != "cli":
        assert "\nPublic names: " in text


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "alyx"])
def test_public_names_exist_and_are_documented(room: str) -> None:
    module = import_module(f"bregma.{room}")
    for name in getattr(module, "__all__", []):
        thing = getattr(module, name)
        if callable(thing) or isinstance(thing, type):
            assert (thing.__doc__ or "").strip(), f"bregma.{room}.{name} has no docstring"


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "alyx"])
def test_a_room_says_that_it_lacks_a_name(room: str) -> None:
    with pytest.raises(AttributeError, match=f"'bregma.{room}' has no attribute 'nothing'"):
        _ = import_module(f"bregma.{room}").nothing


@pytest.mark.parametrize("room", LIGHT_ROOMS)
def test_light_rooms_import_nothing_heavy(room: str) -> None:
    code = f"import sys, bregma.{room}; print(*sorted(name.partition('.')[0] for name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(found.stdout.split())


def test_importing_one_takes_well_under_a_second() -> None:
    code = "import time; start = time.process_time(); import bregma.one; print(time.process_time() - start)"
    seconds = min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    )
    assert seconds < 0.3


def test_no_file_names_a_registry_host() -> None:
    hosts = re.compile(r"p[y]pi\.org|pythonhos[t]ed|registry\.np[m]js|deb\.deb[i]an\.org")
    naming = [path for path in tracked() if path.suffix != ".png" and hosts.search(path.read_text(errors="ignore"))]
    assert naming == []


def test_every_pinned_package_has_a_hash() -> None:
    entries = re.split(r"\n(?=\S)", (REPOSITORY / "requirements.lock").read_text().strip())
    assert len(entries) > 100
    assert [entry.split(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_has_a_reason() -> None:
    lines = (REPOSITORY / "pyproject.toml").read_text().splitlines()
    start, end = lines.index("dependencies = ["), lines.index("[project.scripts]")
    listed = [line for line in lines[start + 1 : end] if line.startswith('    "')]
    assert len(listed) > 30
    assert [line for line in listed if "# " not in line] == []


def test_modules_are_named_after_what_they_define() -> None:
    vague = {"utils", "helpers", "base", "common", "util", "helper"}
    assert [path for path in tracked("src/**/*.py") if path.stem in vague] == []


def test_no_module_grows_past_five_hundred_lines() -> None:
    written = [path for path in tracked("src/**/*.py") if path.parent.name != "migrations"]  # those are generated
    long = [path.name for path in written if len(path.read_text().splitlines()) > 500]
    assert long == []


def test_a_package_that_is_not_installed_is_named_with_its_extra() -> None:
    with pytest.raises(PackageMissing, match=r"no_such_package: pip install 'bregma\[formats\]'"):
        need_package("no_such_package", "formats")
    need_package("json", "formats")
