"""How often a server is asked before the first file of a session comes."""

import pytest

from bregma.one import ONE


def ask_first(alyx, make_client, folder, name, **login) -> list[str]:
    """Load an object with a client that knows nothing yet, and return what was asked but for the files."""
    one = ONE(client=make_client(**login), cache_dir=folder)
    assert len(one.load_object(name, "spikes", collection="alf/probe00")["times"]) == 30
    return [line for line in alyx.asked() if "/store/" not in line]


@pytest.mark.parametrize("login", [{"token": "saved"}, {"username": "anna", "password": "right"}])
@pytest.mark.parametrize("form", ["id", "text", "path", "reference", "folder"])
def test_the_first_object_takes_at_most_two_requests(alyx, make_client, tmp_path, eid, form, login):
    names = {"id": eid, "text": str(eid), "path": "KS014/2019-08-30/001", "reference": "2019-08-30_1_KS014"}
    name = names.get(form, tmp_path / "mylab/Subjects/KS014/2019-08-30/001/alf")
    alyx.tokens.add("saved")
    asked = ask_first(alyx, make_client, tmp_path, name, **login)
    assert len(asked) == (2 if "password" in login else 1)


def test_files_found_by_path_are_those_found_by_id(one, eid):
    assert one.find_datasets("KS014/2019-08-30/001") == one.find_datasets(eid)
    assert one.eid2path("KS014/2019-08-30/001") == one.eid2path(eid)


def test_a_path_without_files_leads_to_its_session(one):
    assert one.list_datasets("KS015/2019-08-30/002") == []
