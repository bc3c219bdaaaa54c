"""Alerts and mail: bregma alyx alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bregma.cli.output import print_record, say

if TYPE_CHECKING:
    from bregma.alyx.inbox.rounds import RoundReport

MINUTES = 5.0


def alerts(
    once: Annotated[bool, typer.Option("--once", help="Look once, print what was done, and end.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between rounds.", min=1)] = 60 * MINUTES,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look which animals need care and which licences end, tell people, and send the mail that is due."""
    from bregma.alyx.installation import connect

    connect()
    from bregma.alyx.inbox.rounds import keep_making_rounds, make_round

    if not once:
        say(f"a round every {every:g} s until Ctrl-C")
        keep_making_rounds(every)
        return
    report = make_round()
    print_record(summary(report), as_json=as_json)
    for words in report.failures:
        say(f"failed: {words}")
    if report.failures or report.mail.trouble:
        raise typer.Exit(1)


def summary(report: RoundReport) -> dict[str, Any]:
    """Return what a round did, as one record."""
    return {
        "notices": report.told.total(),
        "failures": len(report.failures),
        "mailed": report.mail.sent,
        "mail_later": report.mail.later,
        "mail_given_up": report.mail.given_up,
        "mail_trouble": report.mail.trouble,
        "skipped": report.skipped,
    }
