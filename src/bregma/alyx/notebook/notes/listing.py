"""The list of notes, whatever they are on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from django.urls import reverse

from bregma.alyx.misc.models import LabMember
from bregma.alyx.notebook.addresses import RECORDS, address_of
from bregma.alyx.notebook.notes.selectors import find_notes
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.misc.models import Note


class NoteFilters(ListFilters):
    """How the list is narrowed."""

    user = choose_related(LabMember, "Person", "user", by="username")
    kind = django_filters.ChoiceFilter(
        label="On",
        field_name="content_type__model",
        choices=[("subject", "Subjects"), ("session", "Sessions"), ("surgery", "Surgeries")],
        empty_label="Anything",
    )
    pictures = django_filters.ChoiceFilter(
        label="Pictures", method="by_picture", choices=[("yes", "With"), ("no", "Without")], empty_label="All"
    )
    first = day_filter("From", "date_time", "date__gte")
    last = day_filter("To", "date_time", "date__lte")

    def by_picture(self, rows: QuerySet[Note], name: str, value: str) -> QuerySet[Note]:
        """Choose by whether there is a picture."""
        without = Q(image="") | Q(image__isnull=True)
        return rows.filter(~without if value == "yes" else without)


def add_targets(rows: Sequence[Any], user: Any) -> None:
    """Find what the notes of one page are on: one query for each kind that there is."""
    keys: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        row.about = None
        keys[row.content_type.model].append(row.object_id)
    found: dict[UUID, Any] = {}
    for model in RECORDS:
        wanted = keys.get(model._meta.model_name or "", [])
        if wanted:
            all_rows = model._default_manager.all()
            found |= dict(
                (all_rows.select_related("subject") if hasattr(model, "subject") else all_rows).in_bulk(wanted)
            )
    for row in rows:
        row.about = found.get(row.object_id)


NOTES = ListPage(
    key="notes",
    title="Notes",
    rows=find_notes,
    columns=(
        Column(
            key="date_time",
            label="When",
            sort=("date_time",),
            link=lambda row: reverse("note", args=[row.pk]),
        ),
        Column(
            key="about",
            label="On",
            value=lambda row: str(row.about or "something deleted"),
            link=lambda row: address_of(row.about) if row.about else "",
            in_file=False,
        ),
        Column(key="text", label="Text", template="notebook/_note_cell.html", export=lambda row: row.text),
        Column(key="user", label="Person", value=lambda row: row.user and row.user.username, sort=("user__username",)),
        Column(key="pk", label="Id", in_page=False),
    ),
    order=("-date_time", "pk"),
    filters=NoteFilters,
    search=("text__icontains",),
    search_label="Words of the note",
    prepare=add_targets,
    presets={"With pictures": "pictures=yes"},
    empty=Empty(
        title="No note yet",
        words="A note is a text or a picture on a subject, a session or a surgery. Paste a screenshot, or drop "
        "photographs: open a subject and choose “Write a note”.",
        icon="note",
        action="To the subjects",
        url_name="subjects",
    ),
)
