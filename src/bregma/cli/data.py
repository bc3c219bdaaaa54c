"""Data through ONE: bregma search, ls, get, load, open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bregma.cli.connecting import Collection, DryRun, From, Json, Offline, Revision, Session, connect
from bregma.cli.errors import CommandFailed
from bregma.cli.output import print_paths, print_record, print_rows, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Names = Annotated[list[str] | None, typer.Argument(help="Patterns of file names, as spikes.* [default: all].")]
Name = Annotated[str, typer.Argument(help="An object (trials) or a dataset (_ibl_trials.table.pqt).")]


def search(
    terms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TERM=VALUE]...", help="As of ONE.search: subject=KS014 date_range=2020-01-01,"),
    ] = None,
    insertions: Annotated[bool, typer.Option("--insertions", help="Find insertions of probes.")] = False,
    limit: Annotated[int | None, typer.Option(help="Print at most so many.", min=1)] = None,
    place: From = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """List the sessions that match, newest first; several values of one term: any of them (datasets: all of them)."""
    asked = read_terms(terms or ())
    with connect(place, offline=offline) as one:
        found = _find(one.find_insertions if insertions else one.find_sessions, asked)
    if not found:
        say(f"no {'insertion' if insertions else 'session'} matches {' '.join(terms or ['(no terms)'])}")
    print_records(found[:limit], as_json=as_json)


def ls(
    session: Session,
    names: Names = None,
    collection: Collection = None,
    revision: Revision = None,
    place: From = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """List the files of a session."""
    with connect(place, offline=offline) as one:
        found = one.find_datasets(session, names, collection, revision)
    if not found:
        say(f"no file of {session} matches; bregma ls {session} lists all")
    print_records(found, as_json=as_json)


def get(
    session: Session,
    names: Names = None,
    collection: Collection = None,
    revision: Revision = None,
    place: From = None,
    offline: Offline = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Bring files of a session here and print where they are; of revisions, the default one."""
    with connect(place, offline=offline) as one:
        wanted = one.find_datasets(session, names, collection, revision, default_revisions_only=revision is None)
        if not wanted:
            raise CommandFailed(f"no file of {session} matches; bregma ls {session} lists all")
        record, _ = one.files_of(session)
        if dry_run:
            plan = one.plan(record, wanted)
            print_record({"files": plan.files, "bytes": plan.size, "unknown": plan.unknown}, as_json=as_json)
            return
        paths = one.bring(record, wanted)
    print_paths(paths, as_json=as_json)


def load(
    session: Session,
    name: Name,
    collection: Collection = None,
    revision: Revision = None,
    place: From = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Load an object or a dataset and say what it holds."""
    from bregma.alf.summary import summarize

    with connect(place, offline=offline) as one:
        if "." in name:
            held = {name: one.load_dataset(session, name, collection, revision)}
        else:
            held = dict(one.load_object(session, name, collection, revision))
    print_rows([summarize(key, value) for key, value in held.items()], as_json=as_json)


def open_(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="A dataset: spikes.times, or alf/probe00/spikes.times.npy.")],
    rows: Annotated[int, typer.Option(help="How many rows to show.", min=0, max=100)] = 5,
    collection: Collection = None,
    revision: Revision = None,
    place: From = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Show what a dataset is and its first rows."""
    from bregma.cli.preview import preview

    with connect(place, offline=offline) as one:
        found = preview(one, session, dataset, collection=collection, revision=revision, rows=rows)
    print_record(found, as_json=as_json)


def read_terms(words: Iterable[str]) -> dict[str, Any]:
    """Read ``term=value`` words; a term that comes again has several values, days are divided by a comma."""
    terms: dict[str, list[Any]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{word!r} is no search term; write TERM=VALUE, as subject=KS014")
        terms.setdefault(name.replace("-", "_"), []).append(value)
    return {name: _value(name, values) for name, values in terms.items()}


def print_records(records: Iterable[Any], *, as_json: bool) -> None:
    """Print records of ONE: the columns that people look for, or all as JSON."""
    print_rows([as_row(record) if as_json else record.to_row() for record in records], as_json=as_json)


def as_row(record: Any) -> dict[str, Any]:
    """Write a record of ONE as a row: its own columns, without what is nested."""
    row = record.to_dict()
    return {name: value for name, value in row.items() if not isinstance(value, dict)}


def _find(find: Callable[..., Sequence[Any]], asked: dict[str, Any]) -> Sequence[Any]:
    """Search; an unknown term, or a value that none can have, is misuse."""
    from bregma.one import ONEError

    try:
        return find(**asked)
    except ONEError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _value(name: str, values: list[str]) -> Any:
    if name.startswith("date") and len(values) == 1 and "," in values[0]:
        return [day.strip() or None for day in values[0].split(",")]
    return values[0] if len(values) == 1 else values
