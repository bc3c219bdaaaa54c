"""What cache tables tell beyond the reference's: outcomes, people, places, regions and tags, and who is told."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from tests.alyx.factories import Clients, World
from tests.alyx.rest.archives import changes, etag, load, mix_rights

from bregma.alyx.actions.models import ProcedureType, Session
from bregma.alyx.data.models import Dataset, DatasetType, Tag
from bregma.alyx.experiments.models import BrainRegion, Channel, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.misc.models import LabLocation, LabMember

HISTOLOGY, ALIGNED = TrajectoryEstimate.Provenance.HISTOLOGY, TrajectoryEstimate.Provenance.EPHYS_ALIGNED


def place(insertion: ProbeInsertion, provenance: int, *acronyms: str) -> TrajectoryEstimate:
    track = TrajectoryEstimate.objects.create(probe_insertion=insertion, provenance=provenance)
    for i, acronym in enumerate(acronyms):
        region = BrainRegion.objects.get(acronym=acronym)
        Channel.objects.create(trajectory_estimate=track, axial=20 * i, lateral=16, brain_region=region)
    return track


@pytest.fixture
def detailed(world: World) -> World:
    """Return the collaboration with a session that everything is known of, some of it public."""
    mix_rights(world)
    session = world.session
    location = LabLocation.objects.create(name="rig-2", lab=world.lab)
    Session.objects.filter(pk=session.pk).update(
        qc=30, n_trials=100, n_correct_trials=80, type="Experiment", location=location
    )
    session.users.set([world.people["alice"], world.people["bob"]])
    session.procedures.set([ProcedureType.objects.create(name="Aaa"), ProcedureType.objects.create(name="Bbb")])
    dataset = Dataset.objects.get(session=session)
    dataset.tags.add(Tag.objects.create(name="secret"))
    Dataset.objects.filter(pk=dataset.pk).update(dataset_type=DatasetType.objects.get(name="trials.table"))
    insertion = ProbeInsertion.objects.create(session=session, name="probe00", json={"qc": "PASS"})
    insertion.datasets.add(dataset)
    place(insertion, HISTOLOGY, "VISp")
    place(insertion, ALIGNED, "CA1", "DG", "CA1")
    return world


def rows_of(client: Any, world: World) -> tuple[pd.Series, pd.Series, pd.Series]:
    tables = load(client)
    eid = str(world.session.pk)
    insertion = tables["insertions"].loc[eid]
    return tables["sessions"].loc[eid], tables["datasets"].loc[eid].iloc[0], insertion.iloc[0]


def test_members_are_told_everything(client_of: Clients, detailed: World) -> None:
    session, dataset, insertion = rows_of(client_of("alice"), detailed)
    told = ["session_qc", "n_trials", "n_correct_trials", "users", "procedures", "location", "type"]
    assert session[told].to_list() == [
        "WARNING", 100, 80, "alice,bob", "Aaa,Bbb", "rig-2", "Experiment",
    ]  # fmt: skip
    assert (dataset["tags"], dataset["dataset_type"]) == ("release,secret", "trials.table")
    assert insertion[["regions", "tags", "qc"]].to_list() == ["CA1,DG", "release,secret", "PASS"]
    assert not set(session.index) & set(dataset.index), "IBL's ONE cannot join the tables"


def test_sessions_of_which_nothing_is_known_say_so(client_of: Clients, world: World) -> None:
    session = load(client_of("alice"))["sessions"].iloc[0]
    assert (session["session_qc"], session["n_trials"] is pd.NA, session["location"]) == ("NOT_SET", True, "")


@pytest.mark.parametrize("name", ["visitor", "guest"])
def test_others_are_told_no_names_of_people_and_no_hidden_tags(client_of: Clients, detailed: World, name: str) -> None:
    session, dataset, insertion = rows_of(client_of(name), detailed)
    assert (session["users"], session["session_qc"], session["procedures"]) == ("", "WARNING", "Aaa,Bbb")
    assert (dataset["tags"], insertion["tags"], insertion["regions"]) == ("release", "release", "CA1,DG")
    assert session["location"] == ("rig-2" if name == "guest" else "")


def _change(world: World) -> Iterator[tuple[str, Callable[[], Any]]]:
    session, insertion = world.session, ProbeInsertion.objects.get()
    yield "sessions", lambda: Session.objects.filter(pk=session.pk).update(qc=40)
    yield "sessions", lambda: Session.objects.filter(pk=session.pk).update(n_trials=101)
    yield "sessions", lambda: session.users.remove(world.people["bob"])
    yield "sessions", lambda: LabMember.objects.filter(username="alice").update(username="alicia")
    yield "sessions", lambda: session.procedures.clear()
    yield "sessions", lambda: LabLocation.objects.update(name="rig-3")
    yield "datasets", lambda: DatasetType.objects.filter(name="trials.table").update(name="trials.all")
    yield "datasets", lambda: Tag.objects.filter(name="secret").update(name="hidden")
    yield "insertions", lambda: Tag.objects.filter(name="hidden").update(name="hush")
    yield "insertions", lambda: Tag.objects.get(name="hush").datasets.clear()
    yield "insertions", lambda: insertion.datasets.clear()
    yield "insertions", lambda: ProbeInsertion.objects.update(json={"qc": "FAIL"})
    yield "insertions", lambda: Channel.objects.filter(brain_region__acronym="DG").delete()
    yield "insertions", lambda: Channel.objects.update(brain_region=BrainRegion.objects.get(acronym="VISp"))
    yield "insertions", lambda: TrajectoryEstimate.objects.filter(provenance=ALIGNED).update(provenance=10)
    yield "insertions", lambda: TrajectoryEstimate.objects.filter(provenance=HISTOLOGY).update(provenance=ALIGNED)
    yield "insertions", lambda: TrajectoryEstimate.objects.filter(provenance=ALIGNED).delete()


def test_each_change_is_told_by_a_delta(client_of: Clients, detailed: World) -> None:
    root = client_of("root")
    for table, change in _change(detailed):
        before, since = load(root)[table], etag(root).strip('"')
        change()
        after = load(root)[table]
        different = after.index[(after.astype(str) != before.astype(str).reindex(after.index)).any(axis=1)]
        assert len(different) > 0, table
        told = changes(root, since)[1][table]
        pd.testing.assert_frame_equal(told.loc[different], after.loc[different])
