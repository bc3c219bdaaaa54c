"""Where recordings are in the brain: the pages, who sees what on them, and the pictures that another process draws."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from tests.alyx_web.test_pages import read, session_url, subject_url

from bregma.alyx.results.brain import drawing, scenes, statistics
from bregma.atlas import Regions

PLACE = {"x": 2000.0, "y": -2000.0, "z": 0.0, "depth": 4000.0, "theta": 10.0, "phi": 180.0}


@pytest.fixture
def placed(world: Any, db: None) -> Any:
    """The lab's probe with a planned and a traced track, and two recording sites in VPM."""
    from bregma.alyx.experiments.models import BrainRegion, Channel, TrajectoryEstimate

    region, _ = BrainRegion.objects.get_or_create(pk=733, defaults={"acronym": "VPM", "name": "VPM"})
    TrajectoryEstimate.objects.create(probe_insertion_id=world.pid, provenance=10, **PLACE)
    traced = TrajectoryEstimate.objects.create(probe_insertion_id=world.pid, provenance=50, **PLACE)
    for axial in (20, 40):
        place = {"x": 1100.0, "y": -1700.0, "z": -3900.0 + axial}
        Channel.objects.create(axial=axial, lateral=0, trajectory_estimate=traced, brain_region=region, **place)
    return world


@pytest.fixture
def no_atlas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(drawing.VARIABLE, raising=False)
    monkeypatch.setattr(drawing, "list_allen", list)


@pytest.fixture
def atlas(monkeypatch: pytest.MonkeyPatch, shared_data: Path, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setenv(drawing.VARIABLE, str(shared_data / "allen_ccf" / "annotation_100.nrrd"))
    settings.MEDIA_ROOT = str(tmp_path / "uploaded")


def test_the_brain_of_a_mouse_lists_its_probes_by_the_best_track(as_user: Any, placed: Any, no_atlas: None) -> None:
    ephys = placed.ephys
    page = read(as_user("alice"), subject_url(ephys.subject, "subject-brain"))
    assert "1 probe, 2 recording sites" in page
    assert "histology track" in page
    assert "planned" not in page
    page = read(as_user("alice"), f"{session_url(ephys, 'session-brain')}?pid={placed.pid}")
    assert "1 probe, 2 recording sites" in page


def test_a_server_without_an_atlas_says_how_to_get_one_and_shows_no_phantom(
    as_user: Any, placed: Any, no_atlas: None
) -> None:
    page = read(as_user("alice"), subject_url(placed.ephys.subject, "subject-brain"))
    assert "This server has no brain atlas" in page
    assert "BREGMA_ATLAS" in page
    assert 'brain.png"' not in page
    read(as_user("alice"), subject_url(placed.ephys.subject, "subject-brain").replace("/brain", "/brain.png"), 404)


def test_the_page_says_whose_atlas_it_is(
    as_user: Any, placed: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "annotation.nrrd"
    file.touch()
    monkeypatch.setenv(drawing.VARIABLE, str(file))
    page = read(as_user("alice"), subject_url(placed.ephys.subject, "subject-brain"))
    assert "Allen Institute for Brain Science" in page
    assert "Wang et al. 2020" in page


def test_an_atlas_that_is_not_where_the_server_was_told_is_named(
    as_user: Any, placed: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(drawing.VARIABLE, str(tmp_path / "lost.nrrd"))
    page = read(as_user("alice"), subject_url(placed.ephys.subject, "subject-brain"))
    assert "BREGMA_ATLAS names lost.nrrd, which is not there" in page


def test_regions_are_counted_over_what_the_visitor_may_see(as_user: Any, placed: Any, no_atlas: None) -> None:
    page = read(as_user("alice"), reverse("results:regions", args=["sites"]))
    assert "2 recording sites with a known region" in page
    assert '<th scope="row">VPM</th>' in page
    read(as_user("alice"), reverse("results:regions", args=["none"]), 404)
    read(as_user("anonymous"), reverse("results:regions", args=["sites"]), 302)


def test_firing_rates_and_passing_units_are_averaged_by_region(as_user: Any, placed: Any, no_atlas: None) -> None:
    from bregma.alyx.experiments.models import Channel, TrajectoryEstimate

    traced = TrajectoryEstimate.objects.get(probe_insertion_id=placed.pid, provenance=50)
    rows = [
        Channel(axial=height, lateral=0, x=1100, y=-1700, z=-3000, trajectory_estimate=traced, brain_region_id=733)
        for height in range(100, 1100, 50)
    ]
    Channel.objects.bulk_create(rows)
    page = read(as_user("alice"), reverse("results:regions", args=["rate"]) + "?mapping=Cosmos")
    assert "7 of 29 units have a known region" in page
    assert '<th scope="row">TH</th>' in page
    page = read(as_user("alice"), reverse("results:regions", args=["passing"]))
    assert "Mean (%)" in page
    read(as_user("alice"), reverse("results:regions", args=["rate"]) + "?mapping=Nowhere", 404)
    page = read(as_user("pat"), reverse("results:regions", args=["rate"]))
    assert '<th scope="row">' not in page


def test_units_whose_files_are_not_public_are_hidden_from_guests(as_user: Any, placed: Any) -> None:
    from bregma.alyx.experiments.models import ProbeInsertion
    from bregma.alyx.results.visibility import may_see_spikes, with_visible_spikes

    insertions = ProbeInsertion.objects.all()
    for user in placed.users.values():
        seen = {one.pk for one in with_visible_spikes(user, insertions)}
        assert seen == {one.pk for one in insertions if may_see_spikes(user, one)}


@pytest.mark.parametrize("name", ["bob", "mia", "charlie"])
def test_who_may_not_read_a_session_sees_no_place_of_it(as_user: Any, placed: Any, no_atlas: None, name: str) -> None:
    from bregma.alyx.experiments.models import ProbeInsertion
    from bregma.alyx.policy import readable

    sees = readable(placed.users[name], ProbeInsertion.objects.filter(pk=placed.pid)).exists()
    page = read(as_user(name), reverse("results:regions", args=["sites"]))
    assert ("2 recording sites" in page) == sees


@pytest.mark.parametrize("statistic", ["sites", "rate"])
def test_the_number_of_queries_does_not_grow_with_the_sites(
    as_user: Any, placed: Any, no_atlas: None, count_queries: Any, statistic: str
) -> None:
    from bregma.alyx.experiments.models import Channel, TrajectoryEstimate

    client = as_user("alice")
    url = reverse("results:regions", args=[statistic])
    client.get(url)
    few = count_queries(lambda: client.get(url))
    traced = TrajectoryEstimate.objects.get(probe_insertion_id=placed.pid, provenance=50)
    rows = [
        Channel(axial=axial, lateral=5, x=1000, y=-2000, z=-3000, trajectory_estimate=traced) for axial in range(50)
    ]
    Channel.objects.bulk_create(rows)
    assert count_queries(lambda: client.get(url)) == few


def test_sites_count_for_their_region_on_both_sides_and_probes_once() -> None:
    places = scenes_places(ids=[733, -733, 549, 0], probes=[0, 1, 1, 1])  # VPM twice, TH
    regions = Regions.allen().lateralised
    found = statistics.count_by_region(places, statistics.STATISTICS["sites"], "Beryl")
    assert found.of_both_sides[regions.row("VPM")] == 2
    assert found.of_both_sides[regions.row("VPM", hemisphere="left")] == 2
    assert np.isnan(found.of_both_sides[0])
    probes = statistics.count_by_region(places, statistics.STATISTICS["probes"], "Beryl")
    assert probes.numbers[Regions.allen().row("VPM")] == 2
    name = "Ventral posteromedial nucleus of the thalamus"
    assert statistics.table_of_regions(found)[0] == {"acronym": "VPM", "name": name, "number": 2, "n": 2}
    whole = statistics.count_by_region(places, statistics.STATISTICS["sites"], "Cosmos")
    assert [(row["acronym"], row["n"]) for row in statistics.table_of_regions(whole)] == [("TH", 3)]


def test_units_are_in_the_region_of_the_nearest_channel_and_averaged_there() -> None:
    places = scenes_places(ids=[733, 733, 549, 382], probes=[0, 0, 0, 1], axial=[0, 20, 40, 0])
    found = statistics.place_units(
        places,
        {
            "a": units_at([12.0, 28.0, 31.0, 900.0, np.nan], rate=[1.0, 2.0, 6.0, 50.0, 50.0]),
            "b": units_at([5.0], rate=[4.0]),
            "elsewhere": units_at([5.0], rate=[7.0]),
        },
    )
    assert found.region_ids.tolist() == [733, 733, 549, 0, 0, 382, 0]
    rates = statistics.average_by_region(found, statistics.STATISTICS["rate"], "Allen")
    rows = {row["acronym"]: (row["number"], row["n"]) for row in statistics.table_of_regions(rates)}
    assert rows == {"VPM": (1.5, 2), "TH": (6.0, 1), "CA1": (4.0, 1)}


def test_units_without_amplitudes_neither_pass_nor_fail() -> None:
    places = scenes_places(ids=[733], probes=[0])
    judged = units_at([0.0, 0.0, 0.0], rate=[1.0, 1.0, 1.0], label=[1.0, 2 / 3, 1.0], amp=[1e-4, 1e-4, np.nan])
    found = statistics.place_units(places, {"a": judged})
    passing = statistics.average_by_region(found, statistics.STATISTICS["passing"], "Beryl")
    (row,) = statistics.table_of_regions(passing)
    assert (row["number"], row["n"]) == (50.0, 2)


def scenes_places(ids: list[int], probes: list[int], axial: list[float] | None = None) -> Any:
    from bregma.alyx.results.brain.places import Places

    ends, heights = np.zeros((2, 3)), np.array(axial if axial is not None else np.zeros(len(ids)), float)
    sites = np.zeros((len(ids), 3))
    return Places(ends, ends - 0.001, ("a", "b"), sites, np.array(ids), np.array(probes), heights, ("a", "b"))


def units_at(depths: list[float], *, rate: list[float], label: Any = 1.0, amp: Any = 1e-4) -> Any:
    names = ("depth_um", "firing_rate", "label", "amp_median")
    columns = [np.broadcast_to(np.asarray(one, float), len(depths)) for one in (depths, rate, label, amp)]
    return np.rec.fromarrays(columns, names=list(names))


def test_a_scene_is_what_the_viewer_reads() -> None:
    from bregma.atlas import phantom_atlas
    from bregma.viewer import Scene

    places = scenes_places(ids=[733, 549], probes=[0, 1])
    read_back = Scene.from_dict(
        json.loads(json.dumps(scenes.scene_of_places(places, "Title"))), atlas=phantom_atlas(16)
    )
    assert [layer.name for layer in read_back.layers] == ["Brain", "Probes", "Recording sites"]
    sites = statistics.STATISTICS["sites"]
    found = statistics.count_by_region(places, sites, "Cosmos")
    Scene.from_dict(scenes.scene_of_statistic(found, sites, "Cosmos"), atlas=phantom_atlas(16))


@pytest.mark.long
def test_pictures_are_drawn_once_and_framed_without_power(as_user: Any, placed: Any, atlas: None) -> None:
    client = as_user("alice")
    url = subject_url(placed.ephys.subject, "subject-brain")
    page = client.get(url)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert 'sandbox="allow-scripts"' in page.content.decode()
    first = client.get(url.replace("/brain", "/brain.png"))
    assert first.content.startswith(b"\x89PNG")
    made = sorted(Path(drawing.settings.MEDIA_ROOT).parent.joinpath("drawn").glob("*.png"))
    stamp = made[0].stat().st_mtime_ns
    assert client.get(url.replace("/brain", "/brain.png")).content == first.content
    assert (len(made), made[0].stat().st_mtime_ns) == (1, stamp)
    whole = client.get(url.replace("/brain", "/brain.html"))
    assert whole.headers["Content-Security-Policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert whole.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_drawing_that_fails_is_no_crash(
    as_user: Any, placed: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "annotation_50.nrrd"
    broken.write_bytes(b"no volume")
    monkeypatch.setenv(drawing.VARIABLE, str(broken))
    settings.MEDIA_ROOT = str(tmp_path / "uploaded")
    client = as_user("alice")
    answer = client.get(subject_url(placed.ephys.subject, "subject-brain").replace("/brain", "/brain.png"))
    assert answer.status_code == 503
    assert b"could not draw" in answer.content
