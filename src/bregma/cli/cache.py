"""The folder of downloaded files: bregma du, prune, verify."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bregma.cli.connecting import From, Json, Offline, connect
from bregma.cli.errors import CommandFailed
from bregma.cli.output import print_record, print_rows, say

if TYPE_CHECKING:
    from collections.abc import Iterable

Days = Annotated[float | None, typer.Option(min=0, help="Only files fetched longer ago than this, in days.")]


def tables(
    tag: Annotated[str | None, typer.Option(help="Only what this release holds, into a folder of its own.")] = None,
    place: From = None,
    as_json: Json = False,
) -> None:
    """Bring the newest tables of the server here: what --offline, prune and verify look into."""
    with connect(place) as one:
        if one.offline:
            raise CommandFailed(f"{one.cache_dir} is no server; its tables are there already")
        info = one.load_cache(tag=tag)
        sessions = len(one.search(query_type="local"))
    print_record({"tables": str(one.tables_dir), "made": info.date_created, "sessions": sessions}, as_json=as_json)


def du(
    by: Annotated[str, typer.Option(help="Add up by session, subject or lab.")] = "session",
    place: From = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Say what downloaded files take, the largest first."""
    from bregma.one.files.housekeeping import measure_cache

    if by not in ("session", "subject", "lab"):
        raise typer.BadParameter(f"--by {by!r}; choose session, subject or lab")
    with connect(place, offline=offline) as one:
        used = measure_cache(one.cache_dir)
    files, sizes = Counter[str](), Counter[str]()
    for usage in used:
        whole = (usage.lab, usage.subject, usage.session)
        name = "/".join(part for part in whole[: ("lab", "subject", "session").index(by) + 1] if part)
        files[name or "(other files)"] += usage.files
        sizes[name or "(other files)"] += usage.size
    print_rows([{by: name, "files": files[name], "bytes": size} for name, size in sizes.most_common()], as_json=as_json)


def prune(
    older_than: Days = None,
    unused_for: Annotated[float | None, typer.Option(min=0, help="Only files not loaded for so many days.")] = None,
    keep: Annotated[
        list[Path] | None, typer.Option(help="A lock whose files stay; repeatable.", exists=True, dir_okay=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it, only say what would go.")] = False,
    place: From = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Remove downloaded files that the server has too, whole and the same."""
    from bregma.one.files.housekeeping import prune_cache

    with connect(place, offline=offline) as one:
        if one.offline and not offline:
            raise CommandFailed(f"the files in {one.cache_dir} are no copies of a server's; nothing was removed")
        pruned = prune_cache(
            one.cache_dir,
            tables_dir=one.tables_dir,
            older_than=_days(older_than),
            unused_for=_days(unused_for),
            keep=_locked(keep or ()),
            dry_run=not yes,
        )
    if not yes and pruned.paths:
        say("nothing was removed yet; --yes removes them")
    told: dict[str, Any] = {"removed": yes, "files": len(pruned.paths), "bytes": pruned.size}
    told["spared"] = len(pruned.spared)
    print_record({**told, "paths": list(map(str, pruned.paths))} if as_json else told, as_json=as_json)


def verify(place: From = None, offline: Offline = False, as_json: Json = False) -> None:
    """Compare downloaded files with the tables, byte by byte; exit status 1 when some are damaged."""
    from bregma.one.files.housekeeping import verify_cache

    with connect(place, offline=offline) as one:
        found = verify_cache(one.cache_dir, tables_dir=one.tables_dir)
    rows = [{"state": "damaged", "file": str(path)} for path in found.damaged]
    rows += [{"state": "unknown", "file": str(path)} for path in found.unknown]
    if as_json:
        print_record({"good": found.good, "files": rows}, as_json=True)
    else:
        print_rows(rows, as_json=False)
    say(f"{found.good} files are good, {len(found.damaged)} damaged, {len(found.unknown)} unknown to the tables")
    if found.damaged:
        say("remove the damaged ones, and bregma get brings them again")
        raise typer.Exit(1)


def _days(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)


def _locked(locks: Iterable[Path]) -> list[str]:
    """List the files of locks, by their paths below the folder."""
    from bregma.one.lock import Lock

    return [f"{session.path}/{dataset.rel_path}" for path in locks for session, dataset in Lock.read(path).datasets]
