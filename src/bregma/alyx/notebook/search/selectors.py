"""Finds subjects, sessions, surgeries, notes, comments and cages by their words: one query for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchHeadline
from django.db.models import F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, Surgery
from bregma.alyx.colony.models import Cage
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.models import Comment
from bregma.alyx.subjects.models import Subject
from bregma.alyx.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from django.db.models import Model, QuerySet

    from bregma.alyx.notebook.search.question import Question
    from bregma.alyx.policy import User

IN_GROUP = 8
MOST = 50
START, STOP = "\x02", "\x03"
"""Signs that no person types, around what fits."""


@dataclass(frozen=True)
class Hit:
    """One row that fits."""

    title: str
    url: str
    snippet: SafeString
    detail: str = ""
    at: date | datetime | None = None


@dataclass(frozen=True)
class Group:
    """The rows of one kind that fit; ``more`` if there are others."""

    key: str
    label: str
    hits: list[Hit]
    more: bool


@dataclass(frozen=True)
class Kind:
    """A kind of rows: which columns are searched, in which order they come, how a hit is told."""

    key: str
    label: str
    model: type[Model]
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    order: tuple[str, ...]
    joined: tuple[str, ...]
    tell: Callable[[Any, SafeString], Hit]


def search(question: Question, user: User, *, only: str = "") -> list[Group]:
    """Return what fits a question and the person may read, by kind; seven queries at most.

    Parameters
    ----------
    only
        The key of a kind: then fifty of it instead of eight of each.
    """
    if not question.text:
        return []
    kinds = [kind for kind in KINDS if not only or kind.key == only]
    groups = [_search_kind(kind, question, user, MOST if only else IN_GROUP) for kind in kinds]
    if (not only or only == "cages") and policy.is_member(user):
        groups.append(_search_cages(question, user, MOST if only else IN_GROUP))
    return [group for group in groups if group.hits]


def rows_of_kind(kind: Kind, question: Question, user: User) -> Any:
    """Return the rows that fit, without their order."""
    rows: Any = policy.readable(user, kind.model._default_manager.all())
    if question.key is not None:
        return rows.filter(pk=question.key)
    return rows.alias(found_words=Words(*kind.columns)).filter(found_words=question.query)


def _search_kind(kind: Kind, question: Question, user: User, most: int) -> Group:
    rows = rows_of_kind(kind, question, user).select_related(*kind.joined)
    if kind.model in (Note, Comment):
        rows = _with_place(rows)
    text = Func(Value(" "), *(F(name) for name in kind.shown), function="concat_ws", output_field=TextField())
    headline = SearchHeadline(
        text, question.query, start_sel=START, stop_sel=STOP, max_fragments=2, max_words=24, min_words=8
    )
    found = list(rows.annotate(snippet=headline).order_by(*kind.order)[: most + 1])
    hits = [kind.tell(row, _marked(row.snippet)) for row in found[:most]]
    return Group(kind.key, kind.label, hits, len(found) > most)


def _search_cages(question: Question, user: User, most: int) -> Group:
    rows = policy.readable(user, Cage.objects.filter(name__istartswith=question.text)).select_related("lab")
    found: Sequence[Cage] = list(rows.order_by("closed_on", "name", "pk")[: most + 1])
    hits = [_cage(row) for row in found[:most]]
    return Group("cages", "Cages", hits, len(found) > most)


def _with_place(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add the name of the subject that notes and comments are about, straight or through a session."""
    of_subject = Subject.objects.filter(pk=OuterRef("object_id")).values("nickname")[:1]
    of_session = Session.objects.filter(pk=OuterRef("object_id")).values("subject__nickname")[:1]
    of_surgery = Surgery.objects.filter(pk=OuterRef("object_id")).values("subject__nickname")[:1]
    place = Coalesce(Subquery(of_subject), Subquery(of_session), Subquery(of_surgery))
    placed: QuerySet[Any] = rows.annotate(place=place)
    return placed


def _marked(text: str | None) -> SafeString:
    """Escape a snippet, and mark what fits."""
    safe = str(escape(text or ""))
    return mark_safe(safe.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308 # escaped above


def _subject(row: Any, snippet: SafeString) -> Hit:
    state = "dead" if row.death_date else "alive"
    detail = " · ".join(str(part) for part in (row.line, row.lab, state) if part)
    return Hit(row.nickname, reverse("subject", args=[row.pk]), snippet, detail)


def _session(row: Any, snippet: SafeString) -> Hit:
    return Hit(str(row), reverse("session", args=[row.pk]), snippet, str(row.lab or ""), row.start_time)


def _surgery(row: Any, snippet: SafeString) -> Hit:
    return Hit(f"Surgery of {row.subject}", reverse("surgery", args=[row.pk]), snippet, "", row.start_time)


def _note(row: Any, snippet: SafeString) -> Hit:
    title = f"Note on {row.place}" if row.place else "Note"
    return Hit(title, reverse("note", args=[row.pk]), snippet, str(row.user or ""), row.date_time)


def _comment(row: Any, snippet: SafeString) -> Hit:
    pages = {Subject: "subject-notes", Session: "session", Note: "note"}
    kinds = {ContentType.objects.get_for_model(model).pk: name for model, name in pages.items()}
    name = kinds.get(row.content_type_id)
    url = f"{reverse(name, args=[row.object_id])}#comment-{row.pk}" if name else ""
    title = f"Comment on {row.place}" if row.place else "Comment on a note"
    return Hit(title, url, snippet, str(row.user or ""), row.date_time)


def _cage(row: Cage) -> Hit:
    try:
        url = reverse("cage", args=[row.pk])
    except NoReverseMatch:
        url = ""
    state = f"closed {row.closed_on}" if row.closed_on else "open"
    return Hit(row.name, url, mark_safe(""), f"{row.lab} · {state}")


KINDS = (
    Kind(
        key="subjects",
        label="Subjects",
        model=Subject,
        columns=("nickname", "description"),
        shown=("nickname", "description"),
        order=("death_date", "nickname", "pk"),
        joined=("line", "lab"),
        tell=_subject,
    ),
    Kind(
        key="sessions",
        label="Sessions",
        model=Session,
        columns=("task_protocol", "type", "narrative"),
        shown=("task_protocol", "narrative"),
        order=("-start_time", "pk"),
        joined=("subject", "lab"),
        tell=_session,
    ),
    Kind(
        key="surgeries",
        label="Surgeries",
        model=Surgery,
        columns=("narrative",),
        shown=("narrative",),
        order=("-start_time", "pk"),
        joined=("subject",),
        tell=_surgery,
    ),
    Kind(
        key="notes",
        label="Notes",
        model=Note,
        columns=("text",),
        shown=("text",),
        order=("-date_time", "pk"),
        joined=("user",),
        tell=_note,
    ),
    Kind(
        key="comments",
        label="Comments",
        model=Comment,
        columns=("text",),
        shown=("text",),
        order=("-date_time", "pk"),
        joined=("user",),
        tell=_comment,
    ),
)
