"""What ONE opens: servers, folders, archives; and what is remembered of servers."""

import json
import pickle
import zipfile
from pathlib import Path

import pytest

from bregma.one import ONE, AlyxClient, InvalidParameters, One, OneAlyx, PlaceNotFound, TablesMissing
from bregma.one.server.parameters import SavedParameters, key_of
from bregma.one.server.place import Place
from bregma.one.server.signing_in import remember_server

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def person(tmp_path, monkeypatch) -> Path:
    """A person's home folder, in which nothing is set up."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("BREGMA_HOME", str(home / "bregma"))
    return home


@pytest.fixture
def legacy(person) -> Path:
    """Parameters as IBL's ONE keeps them, for one server that is the default."""
    folder = person / ".one"
    folder.mkdir(parents=True)
    caches = {"CLIENT_MAP": {"alyx.lab.org_8000": str(person / "data")}, "DEFAULT": "alyx.lab.org_8000"}
    server = {
        "ALYX_URL": "https://alyx.lab.org:8000",
        "ALYX_LOGIN": "anna",
        "HTTP_DATA_SERVER": "https://data.lab.org/public",
        "HTTP_DATA_SERVER_LOGIN": "files",
        "HTTP_DATA_SERVER_PWD": "secret-word",
        "TOKEN": {"anna": {"token": TOKEN}, "bob": {"token": "bobs"}},
    }
    (folder / ".caches").write_text(json.dumps(caches))
    (folder / ".alyx.lab.org_8000").write_text(json.dumps(server))
    return folder


@pytest.fixture
def folder(alyx, one, tmp_path) -> Path:
    """A folder of tables with the files of one session."""
    eid = one.search(subject="KS014", date="2019-08-30")[0]
    one.load_object(eid, "wheel")
    alyx.make_tables(tmp_path / "cache")
    alyx.requests.clear()
    return tmp_path / "cache"


def zip_of(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                archive.write(path, path.relative_to(folder).as_posix())
    return target


@pytest.mark.parametrize(
    "opened",
    [
        lambda folder: ONE(cache_dir=folder),
        lambda folder: ONE.open(folder),
        lambda folder: ONE(str(folder)),
        lambda folder: One(folder),
        lambda folder: ONE.open(zip_of(folder, folder.parent / "shared.zip")),
        lambda folder: ONE(str(zip_of(folder, folder.parent / "shared.zip"))),
        lambda folder: pickle.loads(pickle.dumps(ONE.open(zip_of(folder, folder.parent / "shared.zip")))),
    ],
)
def test_a_folder_or_archive_is_searched_and_loaded_without_a_server(folder, alyx, opened):
    one = opened(folder)
    assert one.offline
    assert isinstance(one, One)
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    assert list(one.load_object(eid, "wheel").position) == [0, 1, 2, 3, 4]
    assert alyx.requests == []


def test_an_archive_without_tables_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(TablesMissing, match=r"x\.zip has no sessions\.pqt"):
        ONE.open(tmp_path / "x.zip")


@pytest.mark.parametrize("place", ["/no/such/folder", "./missing", "missing.zip", Path("missing")])
def test_what_is_not_there_is_not_taken_for_a_server(place):
    with pytest.raises(PlaceNotFound, match="nothing to open at"):
        ONE(place)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("https://alyx.org", Place(server="https://alyx.org")),
        ("http://x/data.zip", Place(store="http://x/data.zip")),
        ("s3://bucket/prefix", Place(store="s3://bucket/prefix")),
        ("alyx.org:8000", Place(server="alyx.org:8000")),
        (None, Place()),
    ],
)
def test_addresses_tell_what_they_are_of(text, place):
    assert Place.parse(text) == place


def test_arguments_have_the_order_that_scripts_use(tmp_path):
    one = OneAlyx("anna", None, "http://a.test", tmp_path, "local", False, tmp_path / "tables")
    assert (one.alyx.base_url, one.cache_dir, one.offline, one.wildcards) == ("http://a.test", tmp_path, True, False)
    assert one.tables_dir == tmp_path / "tables"
    local = One(tmp_path, "local", False, tmp_path / "tables")
    assert (local.cache_dir, local.wildcards, local.tables_dir) == (tmp_path, False, tmp_path / "tables")
    assert isinstance(ONE(base_url="http://a.test", mode="local", silent=True, cache_rest=None), OneAlyx)
    assert ONE.version == one.version
    ONE.cache_clear()


@pytest.mark.parametrize("former", ["auto", "refresh"])
def test_former_modes_are_mapped_with_a_word(tmp_path, former):
    with pytest.warns(FutureWarning, match=f"the mode '{former}' is no more"):
        assert not ONE("http://a.test", cache_dir=tmp_path, mode=former).offline


def test_mode_and_folder_are_changed_later(folder, make_client, alyx, tmp_path):
    one = ONE(client=make_client(token=TOKEN), cache_dir=folder)
    one.mode = "local"
    assert one.offline
    assert len(one.search(subject="KS014")) == 2
    assert alyx.requests == []
    one.cache_dir = tmp_path / "other"
    one.mode = "remote"
    eid = one.search(subject="KS014", date="2019-08-30")[0]
    one.load_object(eid, "wheel")
    assert list((tmp_path / "other").rglob("_ibl_wheel.position.npy"))


def test_names_of_files_keep_ids_where_that_is_wished(make_client, alyx, tmp_path):
    one = ONE(client=make_client(token=TOKEN), cache_dir=tmp_path / "with-ids")
    assert not one.uuid_filenames
    one.uuid_filenames = True
    one.cache_dir = tmp_path / "ids"
    eid = one.search(subject="KS014", date="2019-08-30")[0]
    assert list(one.load_dataset(eid, "_ibl_wheel.position.npy")) == [0, 1, 2, 3, 4]
    assert list(one.load_object(eid, "wheel")) == ["position"]
    (path,) = one.load_object(eid, "wheel", download_only=True)
    assert (path.name, path.without_uuid().name) == (path.with_uuid(path.stem[-36:]).name, "_ibl_wheel.position.npy")


def test_a_folder_to_be_filled_belongs_to_the_server_of_the_environment(monkeypatch, tmp_path, folder):
    monkeypatch.setenv("BREGMA_URL", "http://a.test")
    assert not ONE(cache_dir=tmp_path / "new").offline
    assert ONE(cache_dir=folder).offline


def test_a_server_that_was_set_up_is_remembered(person, tmp_path):
    ONE.setup(base_url="http://a.test/", username="anna", cache_dir=tmp_path / "data", silent=True)
    ONE.setup("http://b.test")
    one = ONE()
    assert (one.alyx.base_url, one.alyx.username, one.cache_dir) == ("http://a.test", "anna", tmp_path / "data")
    assert ONE("http://b.test").cache_dir == person / "bregma/cache/b.test"
    ONE.setup("http://b.test", make_default=True)
    assert ONE().alyx.base_url == "http://b.test"
    again = ONE(cache_dir=tmp_path / "data")
    assert (again.offline, again.alyx.base_url) == (False, "http://a.test")


def test_parameters_of_the_other_client_are_read_and_not_written(legacy, person):
    before = {path: path.read_bytes() for path in legacy.iterdir()}
    one = ONE()
    assert (one.alyx.base_url, one.alyx.username) == ("https://alyx.lab.org:8000", "anna")
    assert one.alyx.headers_for("https://alyx.lab.org:8000/sessions") == {"Authorization": f"Token {TOKEN}"}
    assert one.cache_dir == person / "data"
    assert AlyxClient("https://alyx.lab.org:8000", "bob").is_logged_in
    assert not AlyxClient("https://alyx.lab.org:8000", "carl").is_logged_in
    assert ONE(cache_dir=person / "data").alyx.base_url == "https://alyx.lab.org:8000"
    one.alyx.authenticate("anna", token=TOKEN)
    ONE.setup("https://alyx.lab.org:8000", username="bob")
    assert {path: path.read_bytes() for path in legacy.iterdir()} == before


def test_the_password_of_files_goes_to_their_server_only(legacy):
    server = SavedParameters().find("https://alyx.lab.org:8000")
    assert server.headers_for("https://data.lab.org/public/x.npy") == {
        "Authorization": "Basic ZmlsZXM6c2VjcmV0LXdvcmQ="
    }
    assert server.headers_for("https://data.lab.org/publicity/x.npy") == {}
    assert server.headers_for("https://evil.org/https://data.lab.org/public/") == {}
    assert "secret-word" not in repr(server)
    assert TOKEN not in repr(server)
    client = AlyxClient("https://alyx.lab.org:8000")
    assert client.rel_path2url("lab/Subjects/x/a.b.npy") == "https://data.lab.org/public/lab/Subjects/x/a.b.npy"


def test_damaged_parameters_are_named(person):
    (person / ".one").mkdir(parents=True)
    (person / ".one/.caches").write_text("{")
    with pytest.raises(InvalidParameters, match=r"\.caches is damaged"):
        ONE()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://openalyx.internationalbrainlab.org/", "openalyx.internationalbrainlab.org"),
        ("http://localhost:8000", "localhost_8000"),
        ("http://127.0.0.1/Alyx", "127.0.0.1_alyx"),
    ],
)
def test_servers_have_the_keys_of_the_other_client(url, key):
    assert key_of(url) == key


def test_the_first_server_is_the_default_one_and_later_ones_only_if_told():
    for url in ("https://first.lab.org", "https://second.lab.org"):
        remember_server(url, "anna", None, make_default=False)
    assert ONE().alyx.base_url == "https://first.lab.org"
    remember_server("https://second.lab.org", "anna", None, make_default=True)
    assert ONE().alyx.base_url == "https://second.lab.org"


def test_signing_in_elsewhere_leaves_the_default_of_the_other_client(legacy):
    remember_server("https://second.lab.org", "anna", None, make_default=False)
    assert ONE().alyx.base_url == "https://alyx.lab.org:8000"


def test_a_bandwidth_that_brings_nothing_is_refused(make_client, tmp_path):
    with pytest.raises(ValueError, match="0 bytes per second"):
        ONE(client=make_client(), cache_dir=tmp_path, bandwidth=0)
