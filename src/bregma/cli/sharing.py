"""Data for others: bregma export, register."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bregma.cli.connecting import DryRun, From, Json, Offline, connect
from bregma.cli.errors import CommandFailed
from bregma.cli.output import print_record, print_rows, say

if TYPE_CHECKING:
    from bregma.alf import ALFPath
    from bregma.one import ONE


MOST_NAMES = 10
"""Of files that are left out."""


class Format(StrEnum):
    """What an export is made as."""

    ALF = "alf"
    BIDS = "bids"
    NWB = "nwb"


def export(
    sessions: Annotated[list[str], typer.Argument(help="Sessions, by id or subject/date/number.")],
    out: Annotated[Path, typer.Option(help="Folder, .zip or .nwb file to make; must not be there yet.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="How files are named and written [default: as --out ends].")
    ] = None,
    name: Annotated[list[str] | None, typer.Option(help="Pattern of file names; repeatable [default: all].")] = None,
    title: Annotated[str | None, typer.Option(help="What the data are.")] = None,
    licence: Annotated[str | None, typer.Option(help="Under which others may use them, as CC-BY-4.0.")] = None,
    place: From = None,
    offline: Offline = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Write sessions as a folder or zip that ONE opens without a server, or one session as an NWB file."""
    format_ = format_ or (Format.NWB if out.suffix == ".nwb" else Format.ALF)
    if format_ is Format.NWB and (len(sessions) > 1 or name):
        raise typer.BadParameter("an NWB file holds one whole session; give one, and no --name")
    with connect(place, offline=offline) as one:
        if dry_run:
            print_record(_size(one, sessions, name), as_json=as_json)
        elif format_ is Format.NWB:
            print_record(_export_nwb(one, sessions[0], out), as_json=as_json)
        else:
            words = {key: words for key, words in {"title": title, "licence": licence}.items() if words}
            print_record(_export(one, sessions, out, format_, name, words), as_json=as_json)


def register(
    files: Annotated[list[Path], typer.Argument(help="Files of sessions, or folders of sessions.", exists=True)],
    lab: Annotated[str | None, typer.Option(help="Whose store [default: the lab in the paths].")] = None,
    qc: Annotated[str, typer.Option(help="Quality: NOT_SET, PASS, WARNING, FAIL or CRITICAL.")] = "NOT_SET",
    version: Annotated[str | None, typer.Option(help="Version of the software that made them.")] = None,
    place: From = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Enter sessions and their files, and send these to the store; all that is there already stays as it is."""
    from bregma.alf import QC
    from bregma.one import RegistrationClient

    try:
        quality = QC.parse(qc)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with connect(place) as one:
        client = RegistrationClient(one)
        chosen = _by_session(client, files)
        rows = [{"file": str(path), "bytes": path.stat().st_size} for paths in chosen.values() for path in paths]
        for session, paths in () if dry_run else chosen.items():
            client.register_session(session, file_list=False, **({"lab": lab} if lab else {}))
            client.send_files(paths, lab=lab, qc=quality, versions=version)
    print_rows(rows, as_json=as_json)


def _by_session(client: Any, given: list[Path]) -> dict[ALFPath, list[ALFPath]]:
    """Sort files by session; a folder stands for those in it that the server has types for."""
    from bregma.alf import ALFPath

    chosen: dict[ALFPath, list[ALFPath]] = defaultdict(list)
    for one in given:
        found = list(client.find_files(one.absolute())) if one.is_dir() else [ALFPath(one.absolute())]
        _tell_left_out(one, found)
        for path in found:
            session = path.session_path()
            if session is None:
                raise CommandFailed(f"{path} is in no session; expected (lab/Subjects/)subject/YYYY-MM-DD/number/…")
            chosen[session].append(path)
    return chosen


def _tell_left_out(folder: Path, found: list[ALFPath]) -> None:
    """Name the files of a folder for which the server has no type."""
    left = sorted({path for path in folder.absolute().rglob("*") if path.is_file()} - {Path(path) for path in found})
    if left:
        names = ", ".join(path.name for path in left[:MOST_NAMES]) + (", …" if len(left) > MOST_NAMES else "")
        say(f"{len(left)} files in {folder} are left out, the server has no dataset type for them: {names}")


def _size(one: ONE, sessions: list[str], names: list[str] | None) -> dict[str, int]:
    found = [dataset for session in sessions for dataset in one.find_datasets(session, names)]
    return {"files": len(found), "bytes": sum(dataset.file_size or 0 for dataset in found)}


def _export(
    one: ONE, sessions: list[str], out: Path, layout: Format, names: list[str] | None, words: dict[str, str]
) -> dict[str, Any]:
    from bregma.one.export import About, export_sessions

    made = export_sessions(one, sessions, out, datasets=names, layout=layout.value, about=About(**words))
    return {"path": str(made.path), "files": made.n_files, "bytes": made.size}


def _export_nwb(one: ONE, session: str, out: Path) -> dict[str, Any]:
    from bregma.sessions.nwb import export_nwb

    made = export_nwb(one, session, out)
    return {"path": str(made.path), "carried": len(made.carried), "left_out": len(made.left_out)}
