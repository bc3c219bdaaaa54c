"""JSON of the charts: right values, for those who may see them."""

from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.urls import reverse
from tests.alyx_web.lab import make_trials

SUBJECT_FIGURES = ("training", "trials", "weights", "water")
SESSION_FIGURES = ("psychometric", "reaction-times", "reaction-time-trials")
INSERTION_FIGURES = ("drift-map", "units", "autocorrelogram", "raster", "psth")


def subject_data(subject: Any, name: str) -> str:
    return reverse(f"results:subject-{name}", args=[subject.pk])


def session_data(session: Any, name: str, **query: Any) -> str:
    text = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(f'results:session-{name}', args=[session.pk])}?{text}"


def fetch(client: Any, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert response.status_code == 200, url
    return dict(response.json())


def load_units(pid: Any) -> list[dict[str, Any]]:
    from django.db import connection

    from bregma.pipelines.results import load_unit_metrics

    return load_unit_metrics(connection, pid)


def test_psychometric_points_are_the_choices_of_the_trials(as_user: Any, world: Any) -> None:
    chart = fetch(as_user("alice"), session_data(world.trained, "psychometric"))
    points = chart["datasets"]["points"]
    assert set(points["block"]) == {"left 20 %", "left 50 %", "left 80 %"}
    assert sum(points["n_trials"]) == world.trained.n_trials
    assert all(low <= p <= high for low, p, high in zip(points["low"], points["p_right"], points["high"], strict=True))
    assert {-100.0, 100.0} <= set(points["contrast"])


def test_reaction_times_come_from_the_trials_in_the_store(as_user: Any, world: Any) -> None:
    chart = fetch(as_user("alice"), session_data(world.trained, "reaction-time-trials"))
    trials = chart["datasets"]["trials"]
    assert len(trials["trial"]) == world.trained.n_trials
    assert min(trials["reaction_time"]) > 0
    assert trials["outcome"].count("correct") == world.trained.n_correct_trials


def test_reaction_times_start_at_the_go_cue_where_no_stimulus_was_seen(as_user: Any, world: Any) -> None:
    trials = make_trials(20, 1.0, blocks=False, seed=3).assign(stimOn_times=np.nan)
    session = world.make.session(world.private, 40)
    world.make.trials(session, trials)
    found = fetch(as_user("alice"), session_data(session, "reaction-time-trials"))["datasets"]["trials"]
    assert found["reaction_time"] == pytest.approx(trials["response_times"] - trials["goCue_times"], rel=1e-5)


def test_a_column_of_the_table_wins_over_a_file_of_the_same_name(as_user: Any, world: Any) -> None:
    trials = make_trials(20, 1.0, blocks=False, seed=3)
    session = world.make.session(world.private, 40)
    world.make.columns(session, trials[["response_times"]] + 1)
    world.make.trials(session, trials)
    found = fetch(as_user("alice"), session_data(session, "reaction-time-trials"))["datasets"]["trials"]
    assert found["reaction_time"] == pytest.approx(trials["response_times"] - trials["stimOn_times"], rel=1e-5)


def test_training_has_a_day_per_session_with_a_link(as_user: Any, world: Any) -> None:
    days = fetch(as_user("alice"), subject_data(world.subject, "training"))["datasets"]["days"]
    assert len(days["date"]) == 11
    assert days["n_trials"][:2] == [250, 290]
    assert days["url"][-1] == reverse("results:session", args=[world.trained.pk])
    assert all(0 <= value <= 100 for value in days["performance_easy"])


def test_a_subject_without_training_gets_words_instead_of_a_figure(as_user: Any, world: Any) -> None:
    from bregma.alyx.subjects.models import Subject

    mouse = Subject.objects.create(nickname="NEW_01", lab=world.subject.lab)
    for name in ("training", "trials", "weights", "water"):
        chart = fetch(as_user("alice"), subject_data(mouse, name))
        assert chart["message"].endswith(" yet."), name
    page = as_user("alice").get(reverse("results:subject", args=[mouse.pk])).content.decode()
    assert "No training session of this subject has been analysed yet." in page
    assert "Lapse rate" not in page


@pytest.mark.parametrize("name", ["threshold", "bias", "lapse_low", "lapse_high", "median_reaction_time"])
def test_each_parameter_has_a_figure(as_user: Any, world: Any, name: str) -> None:
    url = reverse("results:subject-parameter", args=[world.subject.pk, name])
    assert len(fetch(as_user("alice"), url)["datasets"]["days"][name]) == 11


def test_an_unknown_parameter_is_not_found(as_user: Any, world: Any) -> None:
    url = reverse("results:subject-parameter", args=[world.subject.pk, "eid"])
    assert as_user("alice").get(url).status_code == 404


def test_weights_have_the_lines_of_85_and_75_percent(as_user: Any, world: Any) -> None:
    chart = fetch(as_user("alice"), subject_data(world.subject, "weights"))
    limits = chart["datasets"]["references"]
    assert dict(zip(limits["label"], limits["weight"], strict=True)) == pytest.approx({"85 %": 20.4, "75 %": 18.0})
    assert chart["datasets"]["weighings"]["percent"][0] == pytest.approx(100)
    assert chart["note"].startswith("Simulated")


def test_water_is_summed_per_day_and_kind(as_user: Any, world: Any) -> None:
    given = fetch(as_user("alice"), subject_data(world.subject, "water"))["datasets"]["given"]
    assert len(given["time"]) == 22
    assert given["millilitres"][:2] == [0.8, 0.3]
    assert given["kind"][:2] == ["reward", "supplement"]


def test_a_drift_map_keeps_every_spike(as_user: Any, world: Any) -> None:
    chart = fetch(as_user("alice"), session_data(world.ephys, "drift-map", pid=world.pid))
    from bregma.alyx.results.recordings import load_spikes

    insertion = world.ephys.probe_insertion.get()
    spikes = load_spikes(insertion)
    assert spikes is not None
    assert sum(chart["datasets"]["cells"]["n_spikes"]) == pytest.approx(spikes.times.size, rel=0.01)


def test_without_depths_the_map_has_a_row_per_unit(as_user: Any, world: Any) -> None:
    client = as_user("alice")
    chart = fetch(client, session_data(world.plain, "drift-map", pid=world.plain_pid))
    cells = chart["datasets"]["cells"]
    assert set(cells["unit"]) == {0, 1, 2, 3, 4}
    assert sum(cells["n_spikes"]) == sum(unit["n_spikes"] for unit in load_units(world.plain_pid))
    assert chart["note"] == "The source gives no depths: rows are units."
    units = fetch(client, session_data(world.plain, "units", pid=world.plain_pid))
    assert units["message"].startswith("The source gives no depths and no amplitudes")


def test_a_raster_shows_the_spikes_around_each_event(as_user: Any, world: Any) -> None:
    url = session_data(world.ephys, "raster", pid=world.pid, unit=0, event="stimOn_times")
    spikes = fetch(as_user("alice"), url)["datasets"]["spikes"]
    times = np.array(spikes["time"])
    assert times.min() >= -0.2
    assert times.max() < 0.5
    evoked, before = ((times > 0.05) & (times < 0.2)).sum(), (times < -0.05).sum()
    assert evoked > 5 * before, "unit 0 answers 50 to 200 ms after the stimulus"


@pytest.mark.parametrize("event", ["stimOn_times", "feedback_times"])
def test_a_firing_rate_has_its_error_around_it(as_user: Any, world: Any, event: str) -> None:
    url = session_data(world.ephys, "psth", pid=world.pid, unit=0, event=event)
    bins = fetch(as_user("alice"), url)["datasets"]["bins"]
    assert len(bins["time"]) == 70
    assert all(low <= rate <= high for low, rate, high in zip(bins["low"], bins["rate"], bins["high"], strict=True))


def test_the_stored_rate_is_that_of_the_spikes(as_user: Any, world: Any) -> None:
    from bregma.alyx.results import insertions

    url = session_data(world.ephys, "psth", pid=world.pid, unit=3, event="stimOn_times")
    stored = fetch(as_user("alice"), url)["datasets"]["bins"]["rate"]
    insertion = world.ephys.probe_insertion.get()
    computed = insertions.psth_figure(NoResults(), insertion, world.ephys, 3, "stimOn_times")
    assert stored == pytest.approx(computed.datasets["bins"]["rate"], rel=1e-4, abs=1e-4)


def test_events_without_choices_have_responses(as_user: Any, world: Any) -> None:
    from django.db import connection

    from bregma.pipelines.results import load_psths

    stored = load_psths(connection, world.choiceless_pid)
    assert stored is not None
    assert (stored.event, stored.n_events) == ("goCue_times", 75)
    for event in ("goCue_times", "response_times"):
        query = {"pid": world.choiceless_pid, "unit": 3, "event": event}
        for figure in ("psth", "raster"):
            assert fetch(as_user("alice"), session_data(world.choiceless, figure, **query))["spec"], (event, figure)


class NoResults:
    """A database in which nothing has been analysed."""

    def cursor(self) -> "NoResults":
        return self

    def __enter__(self) -> "NoResults":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, *_: object) -> None:
        pass

    def fetchone(self) -> tuple[None]:
        return (None,)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"unit": 99, "event": "stimOn_times"}, "no spike"),
        ({"unit": 0, "event": "lick_times"}, "no lick_times"),
        ({"unit": 0, "event": ""}, "have no"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_words(as_user: Any, world: Any, query: dict[str, Any], words: str) -> None:
    chart = fetch(as_user("alice"), session_data(world.ephys, "raster", pid=world.pid, **query))
    assert chart["spec"] is None
    assert words in chart["message"]


def test_data_travel_packed(as_user: Any, world: Any) -> None:
    url = session_data(world.ephys, "drift-map", pid=world.pid)
    response = as_user("alice").get(url, headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"


def test_what_is_not_analysed_yet_says_so(as_user: Any, world: Any) -> None:
    chart = fetch(as_user("alice"), session_data(world.waiting, "psychometric"))
    assert chart["message"] == "This has not been analysed yet."


def test_a_damaged_file_is_named_in_place_of_its_chart(as_user: Any, world: Any) -> None:
    from bregma.alyx.results import recordings

    dataset = world.waiting.data_dataset_session_related.get()
    path = recordings.store_path(world.waiting, dataset, dataset.file_records.get().relative_path)
    kept = path.read_bytes()
    path.write_bytes(b"not a table")
    try:
        chart = fetch(as_user("alice"), session_data(world.waiting, "reaction-time-trials"))
    finally:
        path.write_bytes(kept)
    assert "cannot read" in chart["message"]
    assert path.name in chart["message"]


def test_an_insertion_of_another_session_is_not_found(as_user: Any, world: Any) -> None:
    client = as_user("alice")
    assert client.get(session_data(world.ephys, "units", pid=world.plain_pid)).status_code == 404
    assert client.get(session_data(world.ephys, "units", pid=uuid4())).status_code == 404
    assert client.get(session_data(world.ephys, "units", pid="none")).status_code == 404


@pytest.mark.parametrize("name", ["root", "alice", "bob", "mia", "charlie"])
def test_members_may_see_every_figure(as_user: Any, world: Any, name: str) -> None:
    client = as_user(name)
    for figure in SUBJECT_FIGURES:
        assert fetch(client, subject_data(world.subject, figure))["spec"]
    for figure in SESSION_FIGURES:
        assert fetch(client, session_data(world.ephys, figure))["spec"]
    for figure in INSERTION_FIGURES:
        url = session_data(world.ephys, figure, pid=world.pid, unit=3, event="stimOn_times")
        assert fetch(client, url)["spec"], figure


def test_the_public_sees_figures_of_public_files_only(as_user: Any, world: Any) -> None:
    client = as_user("pat")
    assert fetch(client, session_data(world.trained, "psychometric"))["spec"]
    assert len(fetch(client, subject_data(world.subject, "training"))["datasets"]["days"]["date"]) == 1
    for figure in ("weights", "water"):
        assert client.get(subject_data(world.subject, figure)).status_code == 404
    for figure in SESSION_FIGURES:
        assert client.get(session_data(world.ephys, figure)).status_code == 404
    for figure in INSERTION_FIGURES:
        assert client.get(session_data(world.ephys, figure, pid=world.pid)).status_code == 404


def test_the_public_sees_no_spikes_that_are_not_tagged(as_user: Any, world: Any) -> None:
    from bregma.alyx.data.models import Dataset, Tag

    tagged = Dataset.objects.get(session=world.ephys, name="_ibl_trials.table.pqt")
    tagged.tags.add(Tag.objects.get(name="web-test-public"))
    client = as_user("pat")
    assert fetch(client, session_data(world.ephys, "psychometric"))["spec"]
    for figure in INSERTION_FIGURES:
        chart = fetch(client, session_data(world.ephys, figure, pid=world.pid, unit=0, event="stimOn_times"))
        assert chart["message"] == "The spikes of this insertion are not public."
    page = client.get(reverse("results:session", args=[world.ephys.pk])).content.decode()
    assert "12 units" not in page


def test_visitors_get_no_data(as_user: Any, world: Any) -> None:
    client = as_user("anonymous")
    for url in (subject_data(world.subject, "weights"), session_data(world.trained, "psychometric")):
        assert client.get(url).status_code == 302
