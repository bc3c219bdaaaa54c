"""The database of Alyx: bregma alyx import, alerts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bregma.cli import alerts
from bregma.cli.output import print_record, say

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

app = typer.Typer(help="The database of Alyx.", no_args_is_help=True)
app.command("alerts")(alerts.alerts)


@app.callback()
def alyx() -> None:
    """Work with the database of Alyx."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Dump: JSON of dumpdata or SQL of pg_dump, gzipped or not.")],
    time_zone: Annotated[str, typer.Option(help="Zone of moments without an offset.")] = "UTC",
    content_types: Annotated[Path | None, typer.Option(help="JSON: names of tables by the dump's numbers.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, then take it back.")] = False,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Write the rest although rows are refused.")] = False,
    with_tokens: Annotated[bool, typer.Option("--with-tokens", help="Import tokens of the REST API too.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the whole report here, as JSON if it ends so.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring the rows of an Alyx database into this installation; each is in, or named in the report."""
    from bregma.alyx.installation import connect

    zone = _zone(time_zone)
    connect()
    from bregma.alyx.importing import Options, import_dump
    from bregma.alyx.importing.content_types import read_names

    names = read_names(content_types) if content_types else {}
    options = Options(zone, names, keep_going=keep_going, dry_run=dry_run, with_tokens=with_tokens)
    found = import_dump(file, options, say=say)
    if report is not None:
        as_text = json.dumps(found.as_json(), indent=1) if report.suffix == ".json" else found.as_text(shown=None)
        report.write_text(f"{as_text}\n", encoding="utf-8")
    if as_json:
        print_record(found.as_json(), as_json=True)
    else:
        print(found.as_text())
    if found.refused:
        raise typer.Exit(1)


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise typer.BadParameter(f"no time zone is called {name!r}; write one such as Europe/London") from error
