"""Commands and REST operations are documented."""

from pathlib import Path

import click
import pytest
import typer.main

from bregma import one
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
