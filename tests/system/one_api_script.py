"""Drives the real ONE-api, in its own environment: logs in, searches, lists, loads. Prints what it found as JSON."""

import json
import sys
import warnings
from pathlib import Path

import one.params
from one.api import ONE
from one.webclient import AlyxClient

url, username, password, cache = sys.argv[1:5]
warnings.simplefilter("error", UserWarning)
one.params.setup(url, silent=True, make_default=True, username=username, cache_dir=cache)
params = one.params.get(url, silent=True).set("HTTP_DATA_SERVER", f"{url}/store")
params = params.set("HTTP_DATA_SERVER_LOGIN", username).set("HTTP_DATA_SERVER_PWD", password)
one.params.save(params, url)

found = {}
try:
    AlyxClient(base_url=url, username=username, password="wrong", silent=True, cache_dir=cache)
except Exception as error:
    found["refused"] = type(error).__name__
client = ONE(base_url=url, username=username, password=password, silent=True, cache_dir=cache, mode="remote")
found["user"] = client.alyx.user
found["endpoints"] = client.alyx.list_endpoints()
found["subjects"] = [
    row["nickname"] for row in client.alyx.rest("subjects", "list", alive=True, django="nickname,KS014")
]
eids = client.search(subject="KS014", date_range=["2024-01-31", "2024-01-31"], datasets="_ibl_wheel.position.npy")
found["eids"] = [str(eid) for eid in eids]
eid = eids[0]
found["datasets"] = client.list_datasets(eid)
found["collections"] = client.list_collections(eid)
found["path"] = Path(client.eid2path(eid)).relative_to(cache).as_posix()
found["reference"] = client.eid2ref(eid, as_dict=False)
found["details"] = sorted(client.get_details(eid))
found["position"] = client.load_dataset(eid, "_ibl_wheel.position.npy").tolist()
found["wheel"] = {name: value.tolist() for name, value in client.load_object(eid, "wheel", collection="alf").items()}
found["revision"] = client.load_dataset(eid, "_ibl_wheel.position.npy", revision="2024-02-02").tolist()
found["insertions"] = [str(pid) for pid in client.search_insertions(subject="KS014")]
pid = found["insertions"][0]
found["pid"] = [str(client.pid2eid(pid)[0]), client.pid2eid(pid)[1]]
client.load_cache()
offline = ONE(base_url=url, username=username, password=password, silent=True, cache_dir=cache, mode="local")
found["offline"] = [str(one_eid) for one_eid in offline.search(subject="KS014")]
found["offline_position"] = offline.load_dataset(eid, "_ibl_wheel.position.npy").tolist()
json.dump(found, sys.stdout)
