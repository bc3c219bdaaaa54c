"""The files of the brain atlas: bregma atlas download, list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bregma.cli.output import print_paths, print_rows, say

if TYPE_CHECKING:
    from bregma.atlas.allen import Kind

app = typer.Typer(name="atlas", help="The Allen atlas of the mouse brain on this machine.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option(help="Folder of the files [default: the user's cache folder].")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def download(
    resolution_um: Annotated[
        list[int] | None, typer.Argument(help="10, 25, 50 or 100 micrometres; several are brought after each other.")
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Bring the average picture of the brain too.")] = False,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Bring volumes of the Allen Institute here, resumed where they broke off, and print where they are."""
    from bregma.atlas import ALLEN_CREDIT, download_allen

    kinds: tuple[Kind, ...] = ("annotation", "template") if template else ("annotation",)
    wanted = [(kind, step) for step in resolution_um or [50] for kind in kinds]
    paths = [download_allen(kind, resolution_um=step, cache_dir=folder) for kind, step in wanted]
    print_paths(paths, as_json=as_json)
    say(ALLEN_CREDIT)


@app.command("list")
def list_(folder: Folder = None, as_json: Json = False) -> None:
    """List the volumes of the Allen Institute and which of them are here."""
    from bregma.atlas import list_allen

    files = list_allen(folder)
    print_rows(
        [
            {
                "volume": file.kind,
                "resolution_um": file.resolution_um,
                "bytes": path.stat().st_size if path else None,
                "path": str(path) if path else None,
            }
            for file, path in files
        ],
        as_json=as_json,
    )
