"""The lists of cages and racks: what they show, how they are narrowed, what is done with many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from bregma.alyx import policy
from bregma.alyx.colony.cages.errors import HousingRefused
from bregma.alyx.colony.cages.forms import DayForm, RackChoiceForm
from bregma.alyx.colony.cages.residents import open_stays
from bregma.alyx.colony.cages.selectors import cages_for, occupancies, racks_for, with_counts
from bregma.alyx.colony.cages.services import Place, clean_cage, close_cage, place_cage
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.misc.models import Lab
from bregma.alyx.web.lists import BulkAction, Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bregma.alyx.colony.cages.occupancy import Occupancy
    from bregma.alyx.misc.models import LabMember


def check_sees_colony(user: Any) -> None:
    """Refuse accounts for the public: the colony is for members, and for guests of its lab.

    Raises
    ------
    PermissionDenied
        Saying whom to ask.
    """
    if not policy.has_account(user):
        raise PermissionDenied("Accounts for the public see no cages. Ask the lab for an account of your own.")


def cage_rows(user: Any) -> QuerySet[Cage]:
    """Return the cages that a person may read, with what the list sorts by."""
    check_sees_colony(user)
    return with_counts(cages_for(user), timezone.localdate())


def rack_rows(user: Any) -> QuerySet[Rack]:
    """Return the racks that a person may read."""
    check_sees_colony(user)
    return racks_for(user)


def look_inside(rows: Sequence[Any], user: Any) -> None:
    """Add to the cages of one page who lives in them."""
    found = occupancies(rows)
    for row in rows:
        row.inside = found[row.pk]


class CageFilters(ListFilters):
    """How the list of cages is narrowed."""

    state = django_filters.ChoiceFilter(
        label="State",
        method="by_state",
        empty_label="All",
        choices=[
            ("open", "Open"),
            ("occupied", "Occupied"),
            ("empty", "Empty"),
            ("room", "With room"),
            ("over", "Overfull"),
            ("clean", "Cleaning due"),
            ("closed", "Closed"),
        ],
    )
    mine = django_filters.ChoiceFilter(
        label="Animals", method="by_person", empty_label="Everybody’s", choices=[("me", "Mine")]
    )
    lab = choose_related(Lab, "Lab", "lab")
    rack = django_filters.CharFilter(label="Rack", field_name="rack__name", lookup_expr="iexact")
    line = django_filters.CharFilter(label="Line", method="by_line")

    def by_state(self, rows: QuerySet[Cage], name: str, value: str) -> QuerySet[Cage]:
        """Choose by what there is to know of a cage."""
        is_open = Q(closed_on__isnull=True)
        conditions = {
            "open": is_open,
            "occupied": Q(n_animals__gt=0),
            "empty": is_open & Q(n_animals=0),
            "room": is_open & Q(n_adults__lt=F("capacity")),
            "over": Q(n_adults__gt=F("capacity")),
            "clean": is_open & Q(clean_due__lte=timezone.localdate()),
            "closed": ~is_open,
        }
        return rows.filter(conditions[value])

    def by_person(self, rows: QuerySet[Cage], name: str, value: str) -> QuerySet[Cage]:
        """Choose the cages in which one's own animals live."""
        request: Any = self.request
        return _in_which(rows, subject__responsible_user=request.user.pk)

    def by_line(self, rows: QuerySet[Cage], name: str, value: str) -> QuerySet[Cage]:
        """Choose the cages in which animals of a line live."""
        return _in_which(rows, subject__line__nickname__iexact=value)


def _in_which(rows: QuerySet[Cage], **condition: Any) -> QuerySet[Cage]:
    return rows.filter(_where(Q(**condition)))


def _where(animals: Q) -> Q:
    """Return the condition on cages in which such animals live."""
    stays = open_stays(Cage.objects.filter(closed_on__isnull=True).values_list("pk", flat=True))
    return Q(pk__in=stays.filter(animals).order_by().values("housing__cage"))


def holds(word: str) -> Q:
    """Return the condition on cages in which an animal of this name, ear mark or line lives."""
    by_mark = Q(subject__ear_mark__iexact=word) | Q(subject__line__nickname__icontains=word)
    return _where(Q(subject__nickname__icontains=word) | by_mark)


def print_cards(rows: Sequence[Cage], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Say where the cards of cages are."""
    query = urlencode([("cage", str(row.pk)) for row in rows])
    address = reverse("cage-cards")
    return format_html(
        'The cards are ready: <a href="{0}?{1}">sheets of A4</a> or <a href="{0}?{1}&amp;paper=label">labels</a>.',
        address,
        query,
    )


def _each(write: Callable[..., Any], words: str) -> Callable[[Sequence[Cage], Mapping[str, Any], LabMember], str]:
    def service(rows: Sequence[Cage], values: Mapping[str, Any], *, by: LabMember) -> str:
        with transaction.atomic():
            for row in rows:
                write(row, by=by, **values)
        return f"{len(rows)} cage{'' if len(rows) == 1 else 's'} {words}."

    return service  # type: ignore[return-value]


def fill_rack(rows: Sequence[Cage], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Put cages into the free places of a rack, row by row.

    Raises
    ------
    HousingRefused
        If it has too few.
    """
    rack: Rack = values["rack"]
    with transaction.atomic():
        taken = set(Cage.objects.filter(rack=rack, closed_on=None).values_list("row", "column"))
        places = ((row, column) for row in range(1, rack.n_rows + 1) for column in range(1, rack.n_columns + 1))
        free = [place for place in places if place not in taken]
        if len(free) < len(rows):
            raise HousingRefused(f"rack {rack} has {len(free)} free places; choose fewer cages, or another rack")
        for cage, (row, column) in zip(rows, free, strict=False):
            place_cage(cage, Place(rack, row, column), by=by)
    return f"{len(rows)} cages stand in rack {rack} now."


def _place(row: Cage) -> str:
    return f"{row.rack.location.name} · {row.rack.name} {row.row}/{row.column}" if row.rack else ""


def _inside(read: Callable[[Occupancy], Any]) -> Callable[[Any], Any]:
    return lambda row: read(row.inside)


COLUMNS = (
    Column(key="name", label="Cage", sort=("name",), link=lambda row: reverse("cage", args=[row.pk])),
    Column(key="place", label="Place", value=_place, sort=("rack__name", "row", "column")),
    Column(key="filled", label="Adults", value=_inside(lambda one: one.filled), sort=("n_adults",), numeric=True),
    Column(
        key="state",
        label="State",
        value=lambda row: "closed" if row.closed_on else [state.word for state in row.inside.states],
        template="colony/cages/_states.html",
    ),
    Column(key="sexes", label="Sexes", value=_inside(lambda one: one.sexes)),
    Column(key="lines", label="Lines", value=_inside(lambda one: one.lines)),
    Column(key="people", label="Responsible", value=_inside(lambda one: [str(person) for person in one.people])),
    Column(
        key="oldest",
        label="Oldest (days)",
        value=_inside(lambda one: one.oldest_days),
        sort=("oldest",),
        numeric=True,
    ),
    Column(key="clean_due", label="Cleaning due", sort=("clean_due",)),
    Column(key="lab", label="Lab", value=lambda row: row.lab.name, sort=("lab__name",)),
    Column(key="animals", label="Animals", value=_inside(lambda one: [str(row) for row in one.animals]), in_page=False),
    Column(key="pk", label="Id", in_page=False),
)
BULK = (
    BulkAction(key="cards", label="Print cards", service=print_cards, words="Scanning a card opens the cage."),
    BulkAction(key="clean", label="Mark cleaned", service=_each(clean_cage, "marked cleaned"), form=DayForm),
    BulkAction(key="place", label="Move to a rack", service=fill_rack, form=RackChoiceForm),
    BulkAction(
        key="close",
        label="Close",
        service=_each(close_cage, "closed"),
        danger=True,
        words="Only empty cages can be closed. Their history is kept, and their names are free again.",
    ),
)
CAGES = ListPage(
    key="cages",
    title="Cages",
    rows=cage_rows,
    columns=COLUMNS,
    order=("name", "pk"),
    filters=CageFilters,
    search=("name__icontains", "rack__name__icontains", "rack__location__name__icontains"),
    search_also=holds,
    search_label="Name, rack, room, animal, ear mark or line",
    bulk=BULK,
    presets={"Open": "state=open", "With my animals": "mine=me", "Cleaning due": "state=clean", "Empty": "state=empty"},
    add=("Open a cage", "cage-new"),
    links=(("Racks", "racks"),),
    crumbs=(("Colony", "colony"),),
    prepare=look_inside,
    empty=Empty(
        title="No cage yet",
        words="A cage has a place in a rack, animals up to its capacity, and a card whose code opens its record. "
        "Open the first one; moves, weanings and matings then say by themselves who lives where.",
        icon="cage",
        action="Open a cage",
        url_name="cage-new",
    ),
)
RACKS = ListPage(
    key="racks",
    title="Racks",
    rows=rack_rows,
    columns=(
        Column(key="name", label="Rack", sort=("name",), link=lambda row: reverse("rack", args=[row.pk])),
        Column(key="location", label="Room", value=lambda row: row.location.name, sort=("location__name",)),
        Column(key="lab", label="Lab", value=lambda row: row.location.lab.name, sort=("location__lab__name",)),
        Column(key="n_cages", label="Cages", sort=("n_cages",), numeric=True),
        Column(key="places", label="Places", value=lambda row: row.n_rows * row.n_columns, numeric=True),
    ),
    order=("name", "pk"),
    search=("name__icontains", "location__name__icontains"),
    search_label="Name or room",
    add=("Enter a rack", "rack-new"),
    links=(("Cages", "cages"),),
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="No rack yet",
        words="A rack stands in a room and has places in rows and columns. Its map shows which cages are full, empty, "
        "breeding or to be cleaned, and cages move by drag and drop.",
        icon="table",
        action="Enter a rack",
        url_name="rack-new",
    ),
)
