"""What scripts for IBL's ONE rely on, beyond the values that are compared elsewhere."""

from uuid import UUID, uuid4

import pytest

from bregma.alf import exceptions as alferr
from bregma.one import ONE


@pytest.fixture(params=["remote", "local"])
def anywhere(request, one, offline) -> ONE:
    return one if request.param == "remote" else offline


@pytest.fixture
def eid(alyx) -> UUID:
    return UUID(next(iter(alyx.sessions)))


def test_what_is_not_found_is_caught_by_the_names_that_scripts_know(anywhere, eid):
    with pytest.raises(alferr.ALFObjectNotFound):
        anywhere.load_object(uuid4(), "trials")
    with pytest.raises(alferr.ALFObjectNotFound):
        anywhere.get_details(uuid4())
    with pytest.raises(alferr.ALFObjectNotFound):
        anywhere.load_object(eid, "nothing")
    with pytest.raises(alferr.ALFMultipleCollectionsFound):
        anywhere.load_dataset(eid, "spikes.clusters")


def test_a_name_that_is_none_is_refused_and_one_that_is_unknown_is_not(anywhere, eid):
    assert anywhere.eid2path([uuid4(), eid])[0] is None
    for wrong in ("fakeid", None):
        with pytest.raises(ValueError, match="does not name a session"):
            anywhere.eid2path(wrong)
    assert anywhere.path2eid([None, "/no/session"]) == [None, None]


def test_a_file_may_have_one_of_several_names(one, eid):
    path = one.load_dataset(eid, ["trials.table.pqt", "_ibl_trials.table"], download_only=True)
    assert path.name == "_ibl_trials.table.pqt"


def test_details_of_probes_are_the_records_of_the_server(one, alyx, eid):
    pids, details = one.search_insertions(details=True)
    assert [each["id"] for each in details] == [str(pid) for pid in pids]
    assert {each.session for each in details} == {str(eid)}
    assert {each["id"]: each for each in one.eid2pid(eid, details=True)[2]} == {each["id"]: each for each in details}
