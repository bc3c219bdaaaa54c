"""Drives the real ONE-api, in its own environment, through all that a rig and a scientist do; prints JSON of it."""

import argparse
import contextlib
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import one.params
import requests
from one.api import ONE
from one.registration import RegistrationClient
from one.webclient import AlyxClient, RestSchemeCoreApi, no_cache

SESSION = {"subject": "KS014", "date": "2024-01-31", "number": 1}
WHEEL = "_ibl_wheel.position.npy"
TERMS = {
    "subject": "KS014",
    "lab": "mainenlab",
    "laboratory": "mainenlab",
    "projects": "motor",
    "project": "motor",
    "date": "2024-01-31",
    "date_range": ["2024-01-31", "2024-01-31"],
    "number": 1,
    "task_protocol": "choiceWorld",
    "datasets": [WHEEL, "_ibl_wheel.timestamps.npy"],
    "dataset_types": "wheel.position",
    "users": "alice",
    "tag": "2024_Q1_motor",
    "atlas_acronym": "CA1",
    "atlas_name": "Field CA1",
    "atlas_id": 382,
    "django": "subject__sex,M",
    "performance_gte": 70,
    "nickname": "KS014",
    "type": "Experiment",
    "qc": "PASS",
    "json": "rig,two",
    "extended_qc": "passed,True",
    "location": "rig-2",
    "procedures": "Ephys recording with acute probe(s)",
}
"""What the recorded session is found by, term by term."""
INSERTION_TERMS = {
    "subject": "KS014",
    "lab": "mainenlab",
    "project": "motor",
    "task_protocol": "choiceWorld",
    "name": "probe00",
    "datasets": "spikes.times.npy",
    "atlas_acronym": "CA1",
    "django": "session__number,1",
}


def connect(words, cache):
    """Log in, after a wrong password was refused; choose by which document the client knows the endpoints."""
    address = {"base_url": words.url, "username": words.user, "silent": True, "cache_dir": cache}
    one.params.setup(words.url, silent=True, make_default=True, username=words.user, cache_dir=cache)
    params = one.params.get(words.url, silent=True).set("HTTP_DATA_SERVER", f"{words.url}/store")
    params = params.set("HTTP_DATA_SERVER_LOGIN", words.user).set("HTTP_DATA_SERVER_PWD", words.password)
    one.params.save(params, words.url)
    try:
        AlyxClient(password="wrong", **address)
    except requests.HTTPError as error:
        refused = error.response.status_code
    client = ONE(password=words.password, mode="remote", **address)
    if words.core:
        client.alyx._rest_schemes = RestSchemeCoreApi(client.alyx.get("/docs"))
    schemes = client.alyx.rest_schemes
    return client, {
        "refused": refused,
        "user": client.alyx.user,
        "backend": schemes.backend,
        "endpoints": client.alyx.list_endpoints(),
        "actions": schemes.actions("sessions"),
        "url": schemes.url("sessions", "read"),
        "created": schemes.field_names("sessions", "create"),
        "search_terms": sorted(client.search_terms(query_type="remote")),
    }


def search(client):
    """Ask by every term; find sessions and insertions, by details and by page."""
    terms = {name: [str(eid) for eid in client.search(**{name: value})] for name, value in TERMS.items()}
    terms["dataset_qc_lte"] = [str(eid) for eid in client.search(datasets=WHEEL, dataset_qc_lte="PASS")]
    eids, details = client.search(subject="KS014", details=True)
    insertions = {
        name: [str(pid) for pid in client.search_insertions(**{name: value})] for name, value in INSERTION_TERMS.items()
    }
    return {
        "terms": terms,
        "nothing": [str(eid) for eid in client.search(subject="KS014", number=7)],
        "insertions": insertions,
        "details": [str(eids[0]) == details[0]["id"], sorted(details[0])],
        "subjects": [row["nickname"] for row in client.alyx.rest("subjects", "list", alive=True, sex="M")],
        "by_id": len(client.alyx.rest("sessions", "list", id=eids[0])),
        "limit": client.alyx.rest("weighings", "list", limit=10, no_cache=True).limit,
    }


def page(client):
    """Go through a thousand rows and more, a page at a time."""
    rows = client.alyx.rest("weighings", "list", no_cache=True)
    return {"n": len(rows), "distinct": len({row["url"] for row in rows}), "last": rows[len(rows) - 1]["weight"]}


def load(client, cache):
    """List and load what the session has."""
    eid = client.search(**SESSION)[0]
    wheel = client.load_object(eid, "wheel", collection="alf")
    return {
        "eid": str(eid),
        "datasets": client.list_datasets(eid),
        "collections": client.list_collections(eid),
        "revisions": client.list_revisions(eid, filename="*wheel.position*"),
        "path": Path(client.eid2path(eid)).relative_to(cache).as_posix(),
        "reference": client.eid2ref(eid, as_dict=False),
        "details": sorted(client.get_details(eid)),
        "position": client.load_dataset(eid, WHEEL).tolist(),
        "wheel": {name: value.tolist() for name, value in wheel.items()},
        "revision": client.load_dataset(eid, WHEEL, revision="2024-02-02").tolist(),
        "collection": [np.asarray(one).tolist() for one in client.load_datasets(eid, [WHEEL], collections=["alf"])[0]],
        "type": [str(found) for found in client.type2datasets(eid, "wheel.position")],
    }


def insertions(client):
    """Read insertions, their trajectories and channels; write another trajectory with channels."""
    pid = str(client.search_insertions(subject="KS014")[0])
    rest = client.alyx.rest
    place = {"x": -2000.0, "y": -1500.0, "z": 0.0, "depth": 3000.0, "theta": 15.0, "phi": 180.0, "roll": 0.0}
    made = rest("trajectories", "create", data={**place, "probe_insertion": pid, "provenance": "Planned"})
    channel = {"x": 0.0, "y": 0.0, "z": 0.0, "brain_region": 382, "trajectory_estimate": made["id"], "lateral": 16.0}
    rest("channels", "create", data=[{**channel, "axial": float(20 * i)} for i in range(4)])
    found = rest("trajectories", "list", probe_insertion=pid, provenance="Planned", no_cache=True)
    return {
        "pid": [str(client.pid2eid(pid)[0]), client.pid2eid(pid)[1]],
        "of_session": [str(one) for one in client.eid2pid(client.pid2eid(pid)[0])[0]],
        "read": rest("insertions", "read", id=pid)["session_info"]["subject"],
        "trajectories": [(one["provenance"], one["phi"]) for one in found],
        "channels": len(rest("channels", "list", probe_insertion=pid, trajectory_estimate=made["id"], no_cache=True)),
        "region": rest("brain-regions", "read", id=382)["acronym"],
    }


def write_files(folder, names, values):
    """Write arrays below a session's folder; return their paths."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, values)
    return paths


def register(client, cache):
    """Register a session with its files, again, then files of which one is protected."""
    rig = RegistrationClient(client)
    folder = cache / "mainenlab" / "Subjects" / "KS014" / "2024-03-01" / "002"
    write_files(folder, ["alf/_ibl_wheel.position.npy", "alf/_ibl_wheel.timestamps.npy"], np.arange(5.0))
    more = {"projects": ["motor"], "task_protocol": "choiceWorld", "users": ["alice"], "n_trials": 300}
    session, records = rig.register_session(folder, file_list=True, **more)
    again, _ = rig.register_session(folder, file_list=False, n_trials=301, json={"rig": "two"})
    recorded = cache / "mainenlab" / "Subjects" / "KS014" / "2024-01-31" / "001"
    files = write_files(recorded, ["alf/probe00/spikes.times.npy"], np.arange(3.0))
    checked = rig.check_protected_files(files[0])
    moved = rig.register_files(files[0])
    new_path, new_eid = rig.create_new_session("KS014", session_root=cache / "mainenlab" / "Subjects")
    return {
        "session": [session["number"], session["start_time"], session["projects"], session["task_protocol"]],
        "names": sorted(record["name"] for record in records),
        "exists": [one["exists"] for record in records for one in record["file_records"]],
        "again": [again["id"] == session["id"], again["n_trials"], again["json"]],
        "checked": checked["status_code"],
        "moved": [moved["name"], bool(moved["revision"]), moved["file_records"][0]["relative_path"]],
        "created": [new_path.parts[-1], str(new_eid)],
        "water": rig.register_water_administration("KS014", 1.2)["water_administered"],
        "weight": rig.register_weight("KS014", 24.5)["weight"],
        "missing": refusal(lambda: rig.assert_exists("NOBODY", "subjects")),
    }


def refusal(call):
    """Return how a call was refused: the name of the error, and the status where there is one."""
    try:
        call()
    except Exception as error:
        response = getattr(error, "response", None)
        return [type(error).__name__, getattr(response, "status_code", None)]
    return ["none", None]


def protected(client):
    """Try to overwrite and to delete a protected dataset."""
    eid = client.search(**SESSION)[0]
    dataset = client.list_datasets(eid, "spikes.times*", collection="alf/probe00", details=True).index[0]
    body = {
        "created_by": client.alyx.user,
        "path": "KS014/2024-01-31/001",
        "filenames": ["alf/probe00/spikes.times.npy"],
        "hashes": ["0" * 32],
        "filesizes": [3],
        "check_protected": True,
    }
    return {
        "register": refusal(lambda: client.alyx.post("/register-file", data=body)),
        "delete": refusal(lambda: client.alyx.rest("datasets", "delete", id=str(dataset))),
        "unknown": refusal(lambda: client.alyx.rest("sessions", "read", id="00000000-0000-0000-0000-000000000000")),
        "invalid": refusal(lambda: client.alyx.rest("sessions", "list", django="number", no_cache=True)),
    }


def annotate(client, picture):
    """Upload a note with an image, and edit the JSON fields of a session."""
    alyx, eid = client.alyx, str(client.search(**SESSION)[0])
    note = {"user": "alice", "content_type": "session", "object_id": eid, "text": "the wheel", "width": "orig"}
    with Path(picture).open("rb") as image:
        made = alyx.rest("notes", "create", data=note, files={"image": image})
    listed = alyx.rest("notes", "list", django=f"object_id,{eid}", no_cache=True)
    field = ("sessions", eid, "json")
    return {
        "note": [made["text"], bool(made["image"]), len(listed)],
        "written": alyx.json_field_write(*field, {"a": 1, "b": {"c": 2}}),
        "updated": alyx.json_field_update(*field, {"b": 3}),
        "removed": alyx.json_field_remove_key(*field, "a"),
        "deleted": alyx.json_field_delete(*field),
        "extended_qc": alyx.json_field_update("sessions", eid, "extended_qc", {"task": "PASS"}),
    }


def work_offline(client, words, cache, eid):
    """Download the tables, then search and load with no server to ask."""
    client.load_cache()
    tables = {name: len(client._cache[name]) for name in ("sessions", "datasets")}

    def refuse(*args, **kwargs):
        raise requests.ConnectionError("there is no network")

    requests.Session.request = requests.get = requests.post = refuse
    offline = ONE(base_url=words.url, username=words.user, silent=True, cache_dir=cache, mode="local")
    return {
        "tables": tables,
        "eids": [str(one) for one in offline.search(subject="KS014", number=1, datasets=WHEEL)],
        "position": offline.load_dataset(eid, WHEEL).tolist(),
        "datasets": offline.list_datasets(eid, collection="alf"),
        "details": [str(one) for one in offline.get_details(eid, full=True)["rel_path"]],
    }


def main():
    """Do everything in turn."""
    parser = argparse.ArgumentParser()
    for name in ("url", "user", "password", "cache", "picture"):
        parser.add_argument(name)
    parser.add_argument("--core", action="store_true", help="know the endpoints by the core-API document")
    words = parser.parse_args()
    cache = Path(words.cache)
    warnings.simplefilter("error", UserWarning)
    client, found = connect(words, cache)
    parts = {
        "search": lambda: search(client),
        "page": lambda: page(client),
        "load": lambda: load(client, cache),
        "insertions": lambda: insertions(client),
        "protected": lambda: protected(client),
        "register": lambda: register(client, cache),
        "annotate": lambda: annotate(client, words.picture),
        "offline": lambda: work_offline(client, words, cache, found["load"]["eid"]),
    }
    for name, part in parts.items():
        with contextlib.nullcontext() if name == "load" else no_cache(client.alyx):
            found[name] = part()
    json.dump(found, sys.stdout)


main()
