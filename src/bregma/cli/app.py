"""The commands of bregma and what they answer: exit status 0 (done), 1 (failed), 2 (misused)."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from bregma.cli import (
    alf,
    alyx,
    atlases,
    cache,
    data,
    demo,
    doctor,
    installation,
    locks,
    logins,
    mcp,
    sharing,
    users,
    viewing,
)
from bregma.cli.output import print_record, say

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="bregma",
    help="One system for neurophysiology labs to organize, store, search, analyse and look at their data.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("up")(installation.up)
app.command("status")(installation.status)
app.command("worker")(installation.worker)
app.command("view")(viewing.view)
app.add_typer(atlases.app, name="atlas")
app.add_typer(alyx.app, name="alyx")
app.add_typer(users.app, name="user")
app.add_typer(alf.app, name="alf")
app.command("login")(logins.login)
app.command("logout")(logins.logout)
app.command("search")(data.search)
app.command("ls")(data.ls)
app.command("get")(data.get)
app.command("load")(data.load)
app.command("open")(data.open_)
app.add_typer(locks.app, name="lock")
app.command("export")(sharing.export)
app.command("register")(sharing.register)
app.command("tables")(cache.tables)
app.command("du")(cache.du)
app.command("prune")(cache.prune)
app.command("verify")(cache.verify)
app.command("doctor")(doctor.doctor)
app.command("mcp")(mcp.mcp)


@app.callback()
def options(
    home: Annotated[
        Path | None,
        typer.Option(help="Folder of the installation [default: the user's data folder].", envvar="BREGMA_HOME"),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log what happens, on stderr.")] = False,
) -> None:
    """Set what every command shares."""
    if home is not None:
        os.environ["BREGMA_HOME"] = str(home.expanduser().resolve())
    level = "INFO" if verbose else "WARNING"
    os.environ.setdefault("BREGMA_LOG_LEVEL", level)
    logging.basicConfig(level=level, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)


@app.command()
def version(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print the version of bregma."""
    from bregma import __version__

    print_record({"bregma": __version__}, as_json=as_json)


def main() -> None:
    """Run the command; an error that a person can act on is one line, not a traceback."""
    from bregma.cli.errors import expected_errors

    try:
        app()
    except expected_errors() as error:
        logger.info("what went wrong", exc_info=error)
        say(f"bregma: {error}")
        raise SystemExit(1) from error
