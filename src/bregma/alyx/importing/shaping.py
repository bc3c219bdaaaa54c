"""Makes rows of this installation's tables of the rows of a dump; what does not fit is a finding."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models

from bregma.alyx.importing.errors import BadValue
from bregma.alyx.importing.report import Finding, Outcome
from bregma.alyx.importing.tables import GENERIC, LEFT_OUT, OWN_COLUMNS, quoted
from bregma.alyx.importing.values import converter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from bregma.alyx.importing.reading import DumpRow
    from bregma.alyx.importing.tables import Catalogue, Table
    from bregma.alyx.importing.values import Convert

CONTENT_TYPES = ("contenttypes.contenttype", "django_content_type")


class Shaped(NamedTuple):
    """A row for a table: texts in the order of its columns."""

    table: Table
    values: list[str | None]


class Refused(Exception):  # an answer of one row, not an error of the import
    """A row cannot be one of its table."""


@dataclass(frozen=True)
class Column:
    """How one column of a dump becomes one of a table."""

    name: str
    index: int
    field: models.Field[Any, Any]
    convert: Convert
    choices: frozenset[str]
    default: str | None
    """What the column holds where the dump says nothing."""

    def read(self, value: Any) -> str:
        """Return a value as the database reads it; raises :class:`BadValue`."""
        text = self.convert(value)
        if self.choices and text not in self.choices:
            raise BadValue(f"{value!r} is none of its choices")
        return text


@dataclass
class Plan:
    """How the rows of one source become rows of a table."""

    table: Table
    columns: dict[str, Column]
    """By the name that the source uses."""
    links: dict[str, tuple[Table, tuple[Convert, Convert]]]
    defaults: list[str | None]
    key: str
    """Name that the source gives to the key of a row."""


@dataclass
class Shaper:
    """Shapes rows and remembers what it saw; nothing of it grows with the number of rows but the findings."""

    catalogue: Catalogue
    zone: ZoneInfo
    findings: list[Finding] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Columns that the dump has, by table; a table of links is here when the dump has it."""
    content_types: dict[int, str] = field(default_factory=dict)
    """``app.model`` by the number that the dump gives to it."""
    read: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unknown_columns: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown_tables: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._plans: dict[str, Plan | None] = {}

    def shape(self, row: DumpRow) -> Iterator[Shaped]:
        """Give the rows that one row of a dump makes: itself, and its links."""
        plan = self._plan(row.source)
        if row.source in CONTENT_TYPES and row.values:
            self._remember_content_type(row.values)
        if plan is None:
            self._pass_over(row)
        elif row.values:
            yield from self._row(plan, row)
        else:
            self.seen[plan.table.name].update(plan.table.key)

    def summary(self) -> Iterator[Finding]:
        """Give what is to be said of whole tables and columns."""
        for name in sorted(self.left_out):
            reason = self.catalogue.reason_to_leave_out(name) or ""
            yield Finding(Outcome.LEFT_OUT, name, "", f"{self.left_out[name]} rows: {reason}")
        for name, n in sorted(self.unknown_tables.items()):
            what = f"{n} rows: no table of Alyx that is known here; keep the dump, or leave the table out of it"
            yield Finding(Outcome.REFUSED, name, "", what)
        for (name, column), n in sorted(self.unknown_columns.items()):
            what = f"column {column} is not known here; its value is dropped in {n} rows (keep the dump)"
            yield Finding(Outcome.NOTED, name, "", what)

    def _pass_over(self, row: DumpRow) -> None:
        if not row.values:
            return
        self.read[row.source] += 1
        if self.catalogue.reason_to_leave_out(row.source) is not None:
            self.left_out[row.source] += 1
        else:
            self.unknown_tables[row.source] += 1
            self.refused[row.source] += 1

    def _remember_content_type(self, values: dict[str, Any]) -> None:
        number = values.get("pk", values.get("id"))
        if number is not None:
            self.content_types[int(number)] = f"{values['app_label']}.{values['model']}"

    def _row(self, plan: Plan, row: DumpRow) -> Iterator[Shaped]:
        self.read[plan.table.name] += 1
        key = row.values.get(plan.key)
        words = str(key) if key is not None else row.place
        if plan.table.is_link:
            words = " to ".join(str(row.values.get(column)) for column in plan.table.key)
        try:
            values = self._values(plan, row, words)
        except Refused as refused:
            self.refused[plan.table.name] += 1
            what = f"{refused} ({row.place})"
            self.findings.append(Finding(Outcome.REFUSED, plan.table.name, words, what))
            yield from self._links(plan, row, words)
            return
        yield Shaped(plan.table, values)
        yield from self._links(plan, row, words)

    def _values(self, plan: Plan, row: DumpRow, words: str) -> list[str | None]:
        made = list(plan.defaults)
        seen = self.seen[plan.table.name]
        for name, value in row.values.items():
            column = plan.columns.get(name)
            if column is None:
                self._unknown(plan, name, value)
                continue
            seen.add(column.name)
            made[column.index] = self._value(plan.table, column, value, words)
        if len(row.values) < len(plan.columns):
            _check_complete(plan, row.values, made)
        return made

    def _value(self, table: Table, column: Column, value: Any, words: str) -> str | None:
        if value is None:
            return self._empty(table, column, words)
        try:
            text = column.read(value)
        except BadValue as bad:
            given = f"{column.name}: {bad}"
            replaced = column.default
            if isinstance(column.field, models.ForeignKey) or column.name in table.key:
                raise Refused(f"{given}; give the key of a row") from bad
            if replaced is None and not column.field.null:
                raise Refused(f"{given}; correct it in Alyx and dump again") from bad
            what = f"{given}; {'emptied' if replaced is None else f'set to {replaced!r}'}"
            self.findings.append(Finding(Outcome.REPAIRED, table.name, words, what))
            return replaced
        is_absent = text == "" and column.field.null and column.field.unique  # so Alyx writes it in dumps
        return None if is_absent else text

    def _empty(self, table: Table, column: Column, words: str) -> str | None:
        """Return what stands for nothing in a column."""
        if column.field.null and column.name not in table.key:
            return None
        if column.field.empty_strings_allowed and column.field.blank:
            return ""
        if column.default is None:
            raise Refused(f"{column.name} is empty; fill it in Alyx and dump again")
        what = f"{column.name} was empty; set to {column.default!r}"
        self.findings.append(Finding(Outcome.REPAIRED, table.name, words, what))
        return column.default

    def _unknown(self, plan: Plan, name: str, value: Any) -> None:
        known = name in plan.links or name in OWN_COLUMNS.get(plan.table.name, ()) or name == "pk"
        aside = f"{plan.table.name}_{name}" in LEFT_OUT or (plan.table.is_link and name == "id")
        if not known and not aside and value not in (None, "", [], {}):
            self.unknown_columns[plan.table.name, name] += 1

    def _links(self, plan: Plan, row: DumpRow, words: str) -> Iterator[Shaped]:
        for name, (table, converts) in plan.links.items():
            if name not in row.values:
                continue
            self.seen[table.name].update(table.key)
            for other in row.values[name] or ():
                self.read[table.name] += 1
                try:
                    ends = [convert(end) for convert, end in zip(converts, (words, other), strict=True)]
                except BadValue as bad:
                    self.refused[table.name] += 1
                    what = f"{bad}; give the key of a row"
                    self.findings.append(Finding(Outcome.REFUSED, table.name, f"{words} to {other}", what))
                else:
                    yield Shaped(table, list(ends))

    def _plan(self, source: str) -> Plan | None:
        if source not in self._plans:
            table = self.catalogue.find(source)
            self._plans[source] = self._make_plan(table, textual="." not in source) if table else None
        return self._plans[source]

    def _make_plan(self, table: Table, *, textual: bool) -> Plan:
        columns: dict[str, Column] = {}
        defaults = []
        for index, (name, each) in enumerate(table.fields.items()):
            convert = self._content_type if name == GENERIC else converter(each, self.zone, textual=textual)
            choices = frozenset(str(value) for value, _ in each.flatchoices) | ({""} if each.blank else set())
            default = _default(each, convert)
            given = name if textual or table.is_link else "pk" if each.primary_key else each.name
            columns[given] = Column(name, index, each, convert, choices if each.flatchoices else frozenset(), default)
            defaults.append(default)
        links = {} if textual else {name: self._link(link) for name, link in table.links.items()}
        key = table.key[0] if textual else "pk"
        return Plan(table, columns, links, defaults, key)

    def _link(self, name: str) -> tuple[Table, tuple[Convert, Convert]]:
        table = self.catalogue.tables[name]
        one, other = (converter(each, self.zone, textual=False) for each in table.fields.values())
        return table, (one, other)

    def _content_type(self, value: Any) -> str:
        """Read the number of a table; a name (of ``--natural-foreign``) becomes our own number, below zero."""
        if isinstance(value, list):
            found = ContentType.objects.filter(app_label=value[0], model=value[-1]).first()
            if found is None:
                raise BadValue(f"{'.'.join(map(str, value))} is no table here")
            return str(-found.pk)
        try:
            return str(int(value))
        except (TypeError, ValueError) as error:
            raise BadValue(f"{value!r} is no number of a table") from error


def _default(each: models.Field[Any, Any], convert: Convert) -> str | None:
    """Return what a column holds when nothing is said, and None where that is nothing or would be made up."""
    if each.primary_key or not each.has_default() or (each.null and callable(each.default)):
        return "" if not each.null and each.blank and each.empty_strings_allowed else None
    value = each.get_default()
    if value is None:
        return None
    return convert(value.isoformat() if hasattr(value, "isoformat") else value)


def _check_complete(plan: Plan, given: dict[str, Any], made: list[str | None]) -> None:
    """Refuse a row that lacks what it cannot be without."""
    for name, column in plan.columns.items():
        if (
            name not in given
            and made[column.index] is None
            and (not column.field.null or column.name in plan.table.key)
        ):
            raise Refused(f"{quoted(column.name)} is missing; dump the whole table")
