"""The naming convention: bregma alf validate, describe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bregma.cli.connecting import Json  # noqa: TC001 - typer reads annotations when it runs
from bregma.cli.output import print_record, print_rows, printable, say

app = typer.Typer(help="Files named by the ALF convention.", no_args_is_help=True)


@app.command()
def validate(
    path: Annotated[Path, typer.Argument(help="A folder, a session, or a file.", exists=True)],
    as_json: Json = False,
) -> None:
    """Check names, rows, references, clocks, metadata and damage; exit status 1 when there are errors."""
    from bregma.alf import Severity, validate_folder

    found = validate_folder(path)
    n_errors = sum(one.severity is Severity.ERROR for one in found)
    if as_json:
        print_rows([one.to_dict() for one in found], as_json=True)
    for one in () if as_json else found:
        print(printable(f"{one.severity.value}: {one.file}\n  {one.what}\n  → {one.advice}"))
    say(f"{n_errors} errors, {len(found) - n_errors} warnings in {path}")
    raise typer.Exit(1 if n_errors else 0)


@app.command()
def describe(
    name: Annotated[
        str | None, typer.Argument(help="A part (collection), a dataset type (spikes.times) or a file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain a part of paths, or what a dataset holds; without a name, the whole convention."""
    from bregma.alf import SPEC_DESCRIPTION, find_dataset_type, path_pattern

    if name is None:
        print_record({"path": path_pattern(), **SPEC_DESCRIPTION}, as_json=as_json)
    elif name in SPEC_DESCRIPTION:
        print_record({name: SPEC_DESCRIPTION[name]}, as_json=as_json)
    else:
        print_record(find_dataset_type(name)._asdict(), as_json=as_json)
