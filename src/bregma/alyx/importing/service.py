"""Imports a dump in one transaction: read, follow keys, repair, judge, write, account for every row."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from bregma.alyx.importing.cages import make_cages
from bregma.alyx.importing.checks import drop_equal_rows, refuse_what_breaks_rules
from bregma.alyx.importing.content_types import known_names
from bregma.alyx.importing.errors import ImportFailed
from bregma.alyx.importing.keys import join_known_rows, number_tables
from bregma.alyx.importing.reading import read_rows
from bregma.alyx.importing.regions import number_regions
from bregma.alyx.importing.repairs import repair
from bregma.alyx.importing.report import Finding, Outcome, Report, TableCount
from bregma.alyx.importing.shaping import Shaper
from bregma.alyx.importing.stage import Stage
from bregma.alyx.importing.tables import Catalogue
from bregma.alyx.importing.vocabulary import leave_to_dump
from bregma.alyx.importing.writing import remove_links, write_rows
from bregma.pipelines.bulk import many_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCK = 7_215_031
"""Number of the lock that lets one import run at a time."""
PROGRESS = 50_000


@dataclass(frozen=True)
class Options:
    """How to import a dump.

    Parameters
    ----------
    zone : ZoneInfo
        Where the clocks of moments without an offset stood; the wire of Alyx writes UTC.
    content_types : dict
        ``app.model`` by the dump's number of a table; empty: as the dump says, or as the keys tell.
    keep_going : bool
        Whether what is not refused is written although some rows are.
    dry_run : bool
        Whether everything is done and taken back.
    with_tokens : bool
        Whether tokens of the REST API are imported.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    content_types: dict[int, str] = field(default_factory=dict)
    keep_going: bool = False
    dry_run: bool = False
    with_tokens: bool = False


def import_dump(path: Path, options: Options | None = None, *, say: Callable[[str], None] = lambda _: None) -> Report:
    """Bring the rows of a dump into this installation; doing it again changes nothing.

    Parameters
    ----------
    path : Path
        JSON of ``dumpdata`` or plain SQL of ``pg_dump``, gzipped or not.
    options : Options, optional
        How.
    say : callable
        Called with a few words before each step.

    Returns
    -------
    Report
        What became of every row. ``written`` tells whether the transaction was kept.

    Raises
    ------
    BadDump
        If the file cannot be read to its end; nothing is written.
    ImportFailed
        If the database refuses what was judged good; nothing is written.
    """
    options = options or Options()
    try:
        with transaction.atomic(), pghistory.context(url=f"the import of {path.name}", method="IMPORT"):
            _, report = _Import(path, options, say).run()
            if not report.written:
                transaction.set_rollback(True)
            return report
    except DatabaseError as error:
        words = str(error).strip().replace("\n", " ")
        raise ImportFailed(f"the database refused rows of {path}: {words}; nothing was written") from error


class _Import:
    """The steps of one import."""

    def __init__(self, path: Path, options: Options, say: Callable[[str], None]) -> None:
        self.path, self.options, self.say = path, options, say
        self.catalogue = Catalogue(with_tokens=options.with_tokens)
        self.shaper = Shaper(self.catalogue, options.zone)
        self.stage = Stage(connection, self.catalogue)
        self.report = Report(str(path), dry_run=options.dry_run)
        self.findings: list[Finding] = []

    def run(self) -> tuple[Stage, Report]:
        """Do all steps within the transaction that is open."""
        self.stage.run(f"SELECT pg_advisory_xact_lock({LOCK})")
        self.stage.open()
        self._read()
        self._judge()
        counts = {name: TableCount() for name in {*self.shaper.read, *self.stage.tables}}
        self._write(counts)
        self._account(counts)
        refused = self.report.refused
        self.report.written = not self.options.dry_run and (not refused or self.options.keep_going)
        self.stage.close()
        return self.stage, self.report

    def _read(self) -> None:
        self.say(f"reading {self.path}")
        for number, row in enumerate(read_rows(self.path), start=1):
            for shaped in self.shaper.shape(row):
                self.stage.add(shaped)
            if number % PROGRESS == 0:
                self.say(f"{number:,} rows read")
        self.stage.settle()

    def _judge(self) -> None:
        self.say("comparing with what is here")
        drop_equal_rows(self.stage)
        given = self.options.content_types or self.shaper.content_types
        number_tables(self.stage, given or known_names(), sure=bool(given))
        join_known_rows(self.stage)
        self._leave_vocabulary()
        drop_equal_rows(self.stage)
        self.say("repairing and judging")
        repair(self.stage)
        refuse_what_breaks_rules(self.stage)

    def _leave_vocabulary(self) -> None:
        if gone := leave_to_dump(self.stage):
            what = f"{gone} unused types that this installation began with gave way to those of the dump"
            self.findings.append(Finding(Outcome.NOTED, "data_datasettype", "", what))

    def _write(self, counts: dict[str, TableCount]) -> None:
        with connection.cursor() as cursor, many_files(cursor):
            self._write_tables(counts)
        self._complete(counts)
        self.stage.run("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def _write_tables(self, counts: dict[str, TableCount]) -> None:
        for name, table in self.stage.tables.items():
            self.say(f"writing {name}")
            write_rows(self.stage, table, self.shaper.seen[name], counts[name])
        for table in self.stage.tables.values():
            for link in table.links.values():
                if link in self.shaper.seen:
                    counts.setdefault(link, TableCount()).removed = remove_links(
                        self.stage, table, self.catalogue.tables[link]
                    )

    def _complete(self, counts: dict[str, TableCount]) -> None:
        """Make what Alyx does not keep, or keeps otherwise."""
        regions = counts.get("experiments_brainregion", TableCount())
        if regions.entered or regions.changed:
            number_regions()
        if counts.get("auth_group", TableCount()).entered:
            table = Group._meta.db_table
            self.stage.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        made = make_cages(self.stage)
        if made.cages or made.stays:
            what = f"{made.cages} cages were made of names, with the stays of {made.stays} living subjects"
            self.findings.append(Finding(Outcome.NOTED, "colony_cage", "", what))

    def _account(self, counts: dict[str, TableCount]) -> None:
        """Count what became of the rows, and let no row be missing.

        Raises
        ------
        ImportFailed
            If one is.
        """
        shaper = self.shaper
        merged, refused = self.stage.totals(Outcome.MERGED), self.stage.totals(Outcome.REFUSED)
        for name, count in counts.items():
            count.read, count.left_out = shaper.read[name], shaper.left_out[name]
            count.merged, count.refused = merged[name], refused[name] + shaper.refused[name]
        wrong = Counter({name: count.read for name, count in counts.items() if not count.is_complete})
        if wrong:
            raise ImportFailed(
                f"rows of {', '.join(wrong)} are not accounted for; nothing was written. Please report this"
            )
        self.report.tables = counts
        self.report.findings = [*shaper.findings, *self.stage.findings(), *self.findings, *shaper.summary()]
