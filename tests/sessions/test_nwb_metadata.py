"""What an NWB file says of session and animal, from a server."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bregma.one import Session
from bregma.one.errors import RecordNotFound
from bregma.sessions import NWBDetails
from bregma.sessions.nwb.metadata import session_fields

SESSION = Session(UUID(int=7), "mylab", "KS014", date(2019, 8, 30), 1, "ephysChoiceWorld", ("brainwide",))
MOUSE = {
    "nickname": "KS014",
    "sex": "F",
    "species": "Laboratory mouse",
    "birth_date": "2019-06-01",
    "strain": "C57BL/6J",
}


class FakeServer:
    """Records by endpoint; no other is known."""

    def __init__(self, records: dict[str, dict[str, Any]]) -> None:
        self.records = records

    def rest(self, endpoint: str, action: str, name: str) -> dict[str, Any]:
        if endpoint not in self.records:
            raise RecordNotFound(f"no {endpoint} {name}", status=404)
        return self.records[endpoint]


class FakeOne:
    offline = False

    def __init__(self, start_time: str = "2019-08-30T10:36:10", **records: dict[str, Any]) -> None:
        self.alyx = FakeServer(records)
        self.start_time = start_time

    def get_details(self, eid: UUID, *, full: bool) -> dict[str, Any]:
        return {"start_time": self.start_time, "users": ["Doe, Jane"], "narrative": "a calm mouse"}


def fields(one: FakeOne, **details: Any) -> dict[str, Any]:
    return session_fields(one, SESSION, NWBDetails(**details))


def test_a_session_starts_on_the_clock_of_its_lab() -> None:
    one = FakeOne(labs={"timezone": "Europe/Lisbon", "institution": "CNCB"}, subjects=MOUSE)
    found = fields(one)
    assert found["session_start_time"] == datetime(2019, 8, 30, 10, 36, 10, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert found["session_start_time"].utcoffset().total_seconds() == 3600
    assert (found["institution"], found["experimenter"], found["notes"]) == ("CNCB", ["Doe, Jane"], "a calm mouse")


@pytest.mark.parametrize(("told", "hours"), [("2019-08-30T10:36:10+02:00", 2), ("2019-08-30T10:36:10Z", 0)])
def test_a_time_zone_that_the_server_tells_is_kept(told: str, hours: int) -> None:
    found = fields(FakeOne(told, labs={"timezone": "Europe/Lisbon"}, subjects=MOUSE))
    assert found["session_start_time"].utcoffset().total_seconds() == hours * 3600


def test_a_time_zone_that_is_given_wins() -> None:
    found = fields(FakeOne(labs={"timezone": "Europe/Lisbon"}, subjects=MOUSE), timezone="America/New_York")
    assert found["session_start_time"].utcoffset().total_seconds() == -4 * 3600


def test_the_animal_is_told_with_its_latin_name_and_age() -> None:
    subject = fields(FakeOne(labs={}, subjects=MOUSE))["subject"]
    assert (subject.subject_id, subject.sex, subject.species) == ("KS014", "F", "Mus musculus")
    assert (subject.age, subject.strain) == ("P90D", "C57BL/6J")
    assert subject.date_of_birth.date() == date(2019, 6, 1)


def test_what_the_server_does_not_know_is_left_open() -> None:
    found = fields(FakeOne())
    assert (found["subject"].sex, found["subject"].species, found["subject"].age) == ("U", None, None)
    assert found["session_start_time"].utcoffset().total_seconds() == 0
    assert "institution" not in found


def test_what_is_given_wins() -> None:
    found = fields(FakeOne(subjects=MOUSE), subject={"sex": "M"}, institution="Mine", experimenter=["Roe, Ann"])
    assert found["subject"].sex == "M"
    assert found["subject"].age == "P90D"
    assert (found["institution"], found["experimenter"]) == ("Mine", ["Roe, Ann"])
