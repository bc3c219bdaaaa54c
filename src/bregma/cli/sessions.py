"""Sessions through ONE: bregma session search, bregma session load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bregma.cli.output import print_rows, say

if TYPE_CHECKING:
    from bregma.one import ONE

app = typer.Typer(help="Search and load sessions.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def search(
    subject: Annotated[str | None, typer.Option(help="Part of the subject's nickname.")] = None,
    lab: Annotated[str | None, typer.Option(help="Part of the lab's name.")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="A dataset it must have; repeatable.")] = None,
    since: Annotated[str | None, typer.Option(help="First date, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last date, YYYY-MM-DD.")] = None,
    as_json: Json = False,
) -> None:
    """List the sessions that match, newest first."""
    terms: dict[str, Any] = {"subject": subject, "laboratory": lab, "datasets": dataset}
    if since or until:
        terms["date_range"] = [since, until]
    asked = {name: value for name, value in terms.items() if value}
    eids, details = connect().search(details=True, **asked)
    rows = [{"eid": str(eid), **_session_row(detail)} for eid, detail in zip(eids, details, strict=True)]
    if not rows:
        say("no session matches" + "".join(f", {name} {_text(value)}" for name, value in asked.items()))
    print_rows(rows, as_json=as_json)


@app.command()
def load(
    session: Annotated[str, typer.Argument(help="Session id, or subject/date/number.")],
    name: Annotated[str | None, typer.Argument(help="An object (trials) or a dataset (_ibl_trials.table.pqt).")] = None,
    collection: Annotated[str | None, typer.Option(help="Folder inside the session, as alf/probe00.")] = None,
    as_json: Json = False,
) -> None:
    """Download an object or a dataset and say what it holds; without a name, list the datasets."""
    one = connect()
    if name is None:
        print_rows([{"dataset": str(dataset)} for dataset in one.list_datasets(session)], as_json=as_json)
    elif "." in name:
        value = one.load_dataset(session, name, collection=collection)
        print_rows([_describe(name, value)], as_json=as_json)
    else:
        found = one.load_object(session, name, collection=collection)
        print_rows([_describe(key, value) for key, value in found.items()], as_json=as_json)


def connect() -> ONE:
    """Return ONE for the address and token in the environment, the saved log-in, or the installation running here."""
    from bregma.cli.installation import local_login
    from bregma.one import ONE

    url, token = local_login()
    return ONE(base_url=url, token=token)


def _text(value: Any) -> str:
    """Write what was asked for as the person wrote it; a range of days with dots for an open end."""
    return " ".join("…" if part is None else str(part) for part in value) if isinstance(value, list) else repr(value)


def _session_row(detail: Any) -> dict[str, Any]:
    wanted = ("lab", "subject", "date", "number", "task_protocol", "start_time")
    row = {name: detail[name] for name in wanted if name in detail}
    if "date" not in row and "start_time" in row:
        row["date"] = str(row["start_time"])[:10]
    row.pop("start_time", None)
    return row


def _describe(name: str, value: Any) -> dict[str, Any]:
    shape = "x".join(str(size) for size in getattr(value, "shape", ())) or "1"
    kind = str(getattr(value, "dtype", type(value).__name__))
    return {"name": name, "shape": shape, "type": kind}
