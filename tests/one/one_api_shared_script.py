"""Open an exported folder with IBL's client; prints lists and spikes as JSON. Runs in its environment."""

import json
import sys

from one.api import One

one = One(cache_dir=sys.argv[1], mode="local")
found = {}
for eid in one.search():
    spikes = one.load_object(eid, "spikes", collection="alf/probe00")
    found[str(eid)] = [one.list_datasets(eid), spikes["times"].tolist()]
json.dump(found, sys.stdout)
