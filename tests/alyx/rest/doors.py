"""Every address of REST with its methods, as the URLs declare them, and a row of alice's for each table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.urls import URLResolver, get_resolver, reverse
from tests.alyx.admin_rows import fill_admin

from bregma.alyx.data.models import DataRepository, DatasetType, Revision
from bregma.alyx.experiments.models import FOV, CoordinateSystem, FOVLocation, ImagingType
from bregma.alyx.notebook.notes.api import UploadedView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model
    from tests.alyx.factories import World

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
WRITING = ("post", "put", "patch", "delete")


@dataclass(frozen=True)
class Door:
    """A named address of REST, what may be asked of it, and the table behind it."""

    name: str
    route: str
    """As the URLs declare it; of a view set, its first part: both list and row are a line."""
    parts: tuple[str, ...]
    methods: frozenset[str]
    """What the view answers; OPTIONS always."""
    view: Any
    is_set: bool
    """Whether a view set lists or shows rows here."""

    @property
    def is_detail(self) -> bool:
        """Whether it is the address of one row."""
        return self.is_set and self.name.endswith("-detail")


def doors() -> list[Door]:
    """Return every address of REST."""
    places = [get_resolver(f"bregma.alyx.{room}.urls").url_patterns for room in ("api", "watch")]
    found = {door.name: door for place in places for door in _walk(place)}
    found["uploaded"] = Door(
        "uploaded", "uploaded/<path:path>", ("path",), frozenset({"get", "head"}), UploadedView, is_set=False
    )
    return sorted(found.values(), key=lambda door: door.name)


def _walk(patterns: Any) -> Iterator[Door]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        actions = getattr(pattern.callback, "actions", None)
        declared = set(actions or [method for method in METHODS if hasattr(view, method)] or ["get"])
        methods = {method for method in declared if method in getattr(view, "http_method_names", METHODS)}
        methods |= {"head"} if "get" in methods else set()
        parts = tuple(pattern.pattern.regex.groupindex)
        is_set = actions is not None and pattern.name.endswith(("-list", "-detail"))
        route = str(pattern.pattern).lstrip("^")
        if is_set:
            route = route.split("/")[0].rstrip("$").removesuffix("\\Z")
        yield Door(pattern.name, route, parts, frozenset(methods - {"options"}), view, is_set)


@dataclass(frozen=True)
class Rows:
    """The rows that hang on alice's subject, by table; of other tables, the first."""

    found: dict[type[Model], Any]

    def of(self, model: type[Model]) -> Any:
        """Return the row of a table."""
        return self.found.get(model) or model._default_manager.order_by("pk").first()

    def path(self, door: Door, **parts: str) -> str:
        """Return the address of a door, with the key of its row filled in."""
        if not door.is_detail:
            return path_without_row(door, **parts)
        row = self.of(door.view.model)
        field = door.view.lookup_field
        return reverse(door.name, kwargs={door.parts[0]: str(getattr(row, field))})


def path_without_row(door: Door, **parts: str) -> str:
    """Return the address of a door that needs no row; what it names is not there, if not said otherwise."""
    return reverse(door.name, kwargs=dict.fromkeys(door.parts, "nothing") | parts)


def fill(world: World) -> Rows:
    """Add a row of every table that is alice's, or hangs on what is hers."""
    alice = world.people["alice"]
    models = {door.view.model for door in doors() if door.is_set}
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in models}
    fill_admin(world, 1)
    FOV.objects.update(imaging_type=ImagingType.objects.get(name="mesoscope"))
    space = CoordinateSystem.objects.get(name="IBL-Allen")
    FOVLocation.objects.update(coordinate_system=space, y=[1], z=[1], n_xyz=[1, 1, 1])
    DatasetType.objects.create(name="alices.type", created_by=alice)
    Revision.objects.create(name="2024-01-01")
    spare = DataRepository.objects.create(name="spare", data_url="https://data.example.org/")
    found = {model: model._default_manager.exclude(pk__in=keys).first() for model, keys in before.items()}
    found = {model: row for model, row in found.items() if row is not None}
    for model, row in found.items():
        if _has(model, "users"):
            row.users.add(alice)
    return Rows({**found, type(alice): alice, type(world.lab): world.lab, DataRepository: spare})


def _has(model: type[Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).many_to_many)
    except FieldDoesNotExist:
        return False


def digests() -> dict[str, str]:
    """Return what tells whether a row of any table was added, changed or deleted: one sum per table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        each = [
            f"""SELECT '{table}', count(*) || ' ' || md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), ''))
            FROM "{table}" AS t"""
            for table in tables
        ]
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())
