"""Commands and REST operations are documented."""

import re
from inspect import getmembers, isclass, isfunction
from pathlib import Path
from types import ModuleType

import click
import pytest
import typer.main

from bregma import atlas, brainbox, one, viewer
from bregma.cli.app import app
from bregma.one import errors

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def commands(command: click.Command, words: str) -> list[str]:
    inner = getattr(command, "commands", None)
    if not inner:
        return [words]
    return [name for key, value in inner.items() for name in commands(value, f"{words} {key}")]


COMMANDS = commands(typer.main.get_command(app), "bregma")


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_in_the_reference(words: str) -> None:
    assert f"`{words}`" in (REFERENCE / "command.md").read_text()


def test_there_are_commands_to_document() -> None:
    assert {"bregma demo", "bregma up", "bregma user create", "bregma load"} <= set(COMMANDS)


def test_every_public_name_of_one_is_in_its_reference() -> None:
    page = (REFERENCE / "one.md").read_text()
    missing = [name for name in one.__all__ if not hasattr(errors, name) and f":: {name}\n" not in page]
    assert missing == []
    assert set(one.__all__) <= set(dir(one))


def test_every_public_name_of_brainbox_is_in_its_reference_once() -> None:
    pages = [REFERENCE / "brainbox.md", *(REFERENCE / "brainbox").glob("*.md")]
    written = [name for page in pages for name in re.findall(r"^\.\. auto\w+:: (\w+)$", page.read_text(), re.MULTILINE)]
    assert sorted(written) == sorted(brainbox.__all__)


def test_every_function_of_brainbox_is_in_a_table_of_its_page() -> None:
    pages = "".join(page.read_text() for page in (REFERENCE / "brainbox").glob("*.md"))
    functions = re.findall(r"^\.\. autofunction:: (\w+)$", pages, re.MULTILINE)
    assert [name for name in functions if f"`.{name}`" not in pages] == []


@pytest.mark.parametrize(("room", "page"), [(atlas, "atlas.md"), (viewer, "viewer.md")], ids=["atlas", "viewer"])
def test_every_function_of_a_room_is_in_a_table_of_its_page(room: ModuleType, page: str) -> None:
    written = set(re.findall(r"\{py:obj\}`\.(\w+)`", (REFERENCE / page).read_text()))
    functions = {name for name in room.__all__ if isfunction(getattr(room, name))}
    assert sorted(functions - written) == []
    assert sorted(written - set(room.__all__)) == []


def test_every_verb_of_a_scene_is_in_a_table() -> None:
    written = set(re.findall(r"`\.Scene\.(\w+)`", (REFERENCE / "viewer.md").read_text()))
    verbs = {name for name, _ in getmembers(viewer.Scene, callable) if not name.startswith("_")}
    assert verbs - written == {"region_colours"}
    assert written - verbs == set()


def test_every_layer_is_in_a_table() -> None:
    page = (REFERENCE / "viewer.md").read_text()
    classes = {name for name in viewer.__all__ if isclass(getattr(viewer, name))}
    layers = {name for name in classes if issubclass(getattr(viewer, name), viewer.Layer)} - {"Layer"}
    assert sorted(name for name in layers if f"`.{name}`" not in page) == []
