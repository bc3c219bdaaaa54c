"""Subjects, people and places over REST: every column asked for, and lists that cost few queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.alyx.factories import Clients, make_dataset

from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.data.models import Tag
from bregma.alyx.installation import WORKER
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.subjects.models import Allele, Line, Project, Subject, Zygosity

if TYPE_CHECKING:
    from tests.alyx.factories import World


@pytest.fixture
def mice(world: World) -> list[Subject]:
    """Two living mice of a line, one of them on restricted water, and a dead one."""
    line = Line.objects.create(name="Gold line", nickname="GL", lab=world.lab)
    allele = Allele.objects.create(name="long", nickname="GA")
    other = Allele.objects.create(name="other", nickname="OA")
    line.alleles.add(allele)
    born = date(2024, 1, 1)
    rows = [
        Subject.objects.create(nickname=name, lab=world.lab, line=line, birth_date=born) for name in ("A", "B", "C")
    ]
    rows[0].projects.add(Project.objects.create(name="gold"), Project.objects.create(name="more"))
    Zygosity.objects.create(subject=rows[0], allele=allele, zygosity=1)
    Zygosity.objects.create(subject=rows[0], allele=other, zygosity=2)
    WaterRestriction.objects.create(subject=rows[0], reference_weight=25, start_time="2024-03-01T10:00:00Z")
    Subject.objects.filter(nickname="B").update(responsible_user=world.people["stock"], cage="C7")
    Subject.objects.filter(nickname="C").update(death_date=date(2024, 5, 1))
    return rows


def test_a_list_says_of_each_subject_what_its_own_answer_says(client_of: Clients, mice: list[Subject]) -> None:
    client = client_of("bob")
    row = client.get("/subjects?nickname=A").json()["results"][0]
    one = client.get("/subjects/A").json()
    assert (row["projects"], row["genotype"]) == (["gold", "more"], ["GA +/-"])
    assert sorted(copies["zygosity"] for copies in one.pop("genotype")) == [1, 2]
    assert sorted(one.pop("projects")) == row["projects"]
    assert {name: row[name] for name in one if name in row} == {name: one[name] for name in one if name in row}
    assert set(one) - set(row) == {"weighings", "water_administrations"}


SUBJECTS: dict[str, list[str]] = {
    "alive=true&line__isnull=x": ["A", "B", "KS014"],
    "alive=false": ["C"],
    "stock=true": ["B"],
    "stock=false": ["A", "C", "KS014"],
    "water_restricted=true": ["A"],
    "water_restricted=false": ["B", "KS014"],
    "responsible_user=alice": ["KS014"],
    "lab=mainenlab&sex=M": ["KS014"],
    "lab=Mainen": [],
    "project=gold": ["A"],
    "project=gol": [],
    "death_date=2024-05-01": ["C"],
    "cage=C7": ["B"],
    "to_be_culled=true": [],
    "django=zygosity__allele__nickname,OA": ["A"],
}


@pytest.mark.usefixtures("mice")
def test_subjects_are_found_by_every_column(client_of: Clients) -> None:
    client = client_of("alice")
    found = {query: client.get(f"/subjects?{query}").json()["results"] for query in SUBJECTS}
    assert {query: [row["nickname"] for row in rows] for query, rows in found.items()} == SUBJECTS


def test_a_subject_that_drinks_freely_again_has_no_restriction(client_of: Clients, mice: list[Subject]) -> None:
    client = client_of("alice")
    assert client.get("/subjects/A").json()["last_water_restriction"] == "2024-03-01T10:00:00"
    WaterRestriction.objects.update(end_time="2024-04-01T10:00:00Z")
    assert client.get("/subjects/A").json()["last_water_restriction"] is None


def test_the_requirement_counts_the_implant_of_the_first_day(client_of: Clients, world: World) -> None:
    for day, grams in ((1, 1.2), (20, 0.3)):
        Surgery.objects.create(
            subject=world.subject, implant_weight=grams, start_time=datetime(2024, 1, day, tzinfo=UTC)
        )
    client, url = client_of("alice"), "/water-requirement/KS014?end_date=2024-01-25&start_date="
    assert client.get(f"{url}2024-01-10").json()["implant_weight"] == 1.2
    assert client.get(f"{url}2024-01-22").json()["implant_weight"] == 0.3
    before = client.get(f"{url}2023-12-01").json()
    assert (before["implant_weight"], before["records"][0]["implant_weight"]) == (0, 0)


def test_the_public_sees_weights_of_subjects_with_public_data(client_of: Clients, world: World) -> None:
    Weighing.objects.create(subject=world.subject, weight=24)
    WaterAdministration.objects.create(subject=world.subject, water_administered=1)
    client = client_of("visitor")
    assert client.get("/weighings").json()["count"] == 0
    assert client.get("/water-requirement/KS014").status_code == 404
    make_dataset(world.session, tag=Tag.objects.create(name="open", public=True))
    found = client.get("/subjects/KS014").json()
    assert ([row["weight"] for row in found["weighings"]], len(found["water_administrations"])) == ([24], 1)
    assert client.get("/water-requirement/KS014").status_code == 200
    assert client.post("/weighings", {"subject": "KS014", "weight": 20}, format="json").status_code == 403


@pytest.mark.parametrize(
    ("path", "key", "names"),
    [
        ("users?is_superuser=true", "username", ["root"]),
        ("users?email=alice@example.org", "username", ["alice"]),
        ("users?is_staff=false&is_public_user=true", "username", ["visitor"]),
        ("labs?reference_weight_pct=0.8", "name", ["mainenlab"]),
        ("labs?django=~name,mainenlab", "name", ["otherlab"]),
    ],
)
def test_people_and_labs_are_found_by_every_column(client_of: Clients, path: str, key: str, names: list[str]) -> None:
    assert [row[key] for row in client_of("alice").get(f"/{path}").json()["results"]] == names


def test_secrets_of_people_are_no_columns(client_of: Clients, world: World) -> None:
    everybody = client_of("alice").get("/users").json()
    assert client_of("alice").get("/users?password=x").json()["count"] == everybody["count"] == len(world.people)
    assert set(everybody["results"][0]) == {
        *("id", "username", "email", "subjects_responsible", "lab", "allowed_users", "is_stock_manager")
    }


def test_people_are_listed_without_the_worker_of_this_installation(client_of: Clients, world: World) -> None:
    create_user(WORKER, None)
    client = client_of("alice")
    assert client.get("/users").json()["count"] == len(world.people)
    assert client.get(f"/users/{WORKER}").json()["username"] == WORKER


@pytest.mark.parametrize("path", ["locations", "projects", "procedures", "water-type"])
def test_short_lists_are_whole_whatever_is_asked(client_of: Clients, world: World, path: str) -> None:
    LabLocation.objects.create(name="rig", lab=world.lab)
    Project.objects.create(name="gold")
    client = client_of("alice")
    assert client.get(f"/{path}?name=nothing&lab=nothing").json()["count"] == client.get(f"/{path}").json()["count"] > 0


WEIGHINGS = {
    "subject=ks014": 1,
    "users=alice": 1,
    "users=bob": 0,
    "date_range=2024-01-02,2024-01-02": 1,
    "lab=MAINENLAB": 1,
    "weight=21.5": 1,
    "django=weight__gt,30": 0,
}


def test_weighings_are_found_by_their_parameters(client_of: Clients, world: World) -> None:
    when = datetime(2024, 1, 2, 9, tzinfo=UTC)
    Weighing.objects.create(subject=world.subject, weight=21.5, date_time=when, user=world.people["alice"])
    client = client_of("alice")
    assert {query: client.get(f"/weighings?{query}").json()["count"] for query in WEIGHINGS} == WEIGHINGS


def test_water_of_a_session_is_found_and_changed(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    body: dict[str, Any] = {"subject": "KS014", "water_administered": 1.5, "session": str(world.session.pk)}
    made = client.post("/water-administrations", body, format="json").json()
    assert (made["user"], made["water_type"], made["adlib"]) == ("alice", "Water", False)
    assert client.get(f"/water-administrations?session={world.session.pk}").json()["count"] == 1
    changed = client.put(made["url"], {"subject": "KS014", "water_type": "Hydrogel"}, format="json").json()
    assert (changed["water_administered"], changed["water_type"]) == (1.5, "Hydrogel")
    late = timezone.now() - timedelta(days=3)
    assert client.patch(made["url"], {"date_time": late.isoformat()}, format="json").json()["adlib"] is False
    assert client.delete(made["url"]).status_code == 204
