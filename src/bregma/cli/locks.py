"""The same data again: bregma lock."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bregma.cli.connecting import DryRun, From, Json, connect
from bregma.cli.output import print_paths, print_record, print_rows, say

app = typer.Typer(help="Lock files: which files a result was made from.", no_args_is_help=True)

LockFile = Annotated[Path, typer.Argument(help="The lock file, one.lock.", exists=True, dir_okay=False)]


@app.command()
def write(
    sessions: Annotated[list[str], typer.Argument(help="Sessions whose files are locked.")],
    name: Annotated[list[str] | None, typer.Option(help="Pattern of file names; repeatable [default: all].")] = None,
    out: Annotated[Path, typer.Option(help="The lock file to write.")] = Path("one.lock"),
    place: From = None,
    as_json: Json = False,
) -> None:
    """Bring the files of sessions here and write down which they are, with their hashes."""
    with connect(place) as one:
        one.record_loaded = True
        for session in sessions:
            record, _ = one.files_of(session)
            one.bring(record, one.find_datasets(session, name, default_revisions_only=True))
        lock = one.make_lock()
    lock.write(out)
    print_record({"lock": str(out), "sessions": len(lock.sessions), "files": len(lock.datasets)}, as_json=as_json)


@app.command()
def show(lock: LockFile, as_json: Json = False) -> None:
    """List the files of a lock."""
    from bregma.one.lock import Lock

    rows = [
        {"session": session.reference, "file": dataset.rel_path, "bytes": dataset.file_size, "md5": dataset.hash}
        for session, dataset in Lock.read(lock).datasets
    ]
    print_rows(rows, as_json=as_json)


@app.command()
def restore(lock: LockFile, place: From = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Bring all files of a lock here, the very same bytes; exit status 1 when some cannot be had."""
    from bregma.one.lock import Lock

    wanted = Lock.read(lock)
    with connect(place or wanted.server or None) as one:
        if dry_run:
            plans = [one.plan(locked.session, locked.datasets) for locked in wanted.sessions]
            total = {"files": sum(plan.files for plan in plans), "bytes": sum(plan.size for plan in plans)}
            print_record(total, as_json=as_json)
            return
        paths = one.restore(wanted)
    print_paths(paths, as_json=as_json)


@app.command()
def compare(old: LockFile, new: LockFile, as_json: Json = False) -> None:
    """Say how two locks differ; exit status 1 when they do."""
    from bregma.one.lock import Lock

    difference = Lock.read(old).compare(Lock.read(new))
    print_record({"differs": bool(difference), "difference": str(difference)}, as_json=as_json)
    if difference:
        say("the locks differ")
        raise typer.Exit(1)
