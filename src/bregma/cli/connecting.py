"""Options of the commands that ask ONE, and the ONE they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bregma.one import ONE

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
From = Annotated[
    str | None,
    typer.Option("--from", help="Server, folder, zip or s3://bucket/prefix [default: the saved or running server]."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Ask the tables on this machine, never the network.")]
Session = Annotated[str, typer.Argument(help="Session id, or [lab/Subjects/]subject/date/number, or date_n_subject.")]
Collection = Annotated[str | None, typer.Option(help="Folder inside the session, as alf/probe00; * is any text.")]
Revision = Annotated[str | None, typer.Option(help="Revision, or the last one before it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


def connect(place: str | None = None, *, offline: bool = False) -> ONE:
    """Return ONE for a place, the address and token in the environment, the saved log-in, or what runs here."""
    from bregma.cli.installation import local_login
    from bregma.one import ONE

    mode = "local" if offline else None
    if place is not None:
        return ONE(place, mode=mode)
    url, token = local_login()
    return ONE(base_url=url, token=token, mode=mode)
