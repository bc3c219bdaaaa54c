"""Pages: what they show, to whom, and at what price in queries."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

MEMBERS = ("root", "alice", "bob", "mia", "charlie")
LISTS = ("overview", "results:subjects", "results:sessions")


def session_url(session: Any, page: str = "session") -> str:
    return reverse(f"results:{page}", args=[session.pk])


def subject_url(subject: Any, page: str = "subject") -> str:
    return reverse(f"results:{page}", args=[subject.pk])


def read(client: Any, url: str, status: int = 200, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == status, url
    return response.content.decode()


def test_overview_shows_subjects_sessions_and_analyses(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), "/")
    assert "WREN_01" in page
    assert "OWL_02" in page
    assert "Psychometric curves" in page
    assert "1 waiting" in page
    assert page.count('<svg class="spark"') == 1, "one subject has several days of training"


def test_subject_page_shows_facts_status_source_and_what_is_simulated(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), subject_url(world.subject))
    assert "A public recording · MIT" in page
    assert "Simulated:" in page
    assert "cage, weights and water" in page
    assert 'class="badge' in page
    assert "22.6 g" in page
    assert "94 %" in page


def test_subject_page_answers_to_the_nickname(as_user: Any, world: Any) -> None:
    assert "WREN_01" in read(as_user("alice"), "/results/subjects/WREN_01")


def test_a_nickname_of_two_labs_leads_to_the_list(as_user: Any, world: Any) -> None:
    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject

    Subject.objects.create(nickname="WREN_01", lab=Lab.objects.get(name="lagoon"))
    response = as_user("alice").get("/results/subjects/WREN_01")
    assert response.headers["Location"] == "/results/subjects/?search=WREN_01"


def test_session_page_shows_fits_files_and_how_to_load_it(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), session_url(world.trained))
    assert "Psychometric curve" in page
    assert "left 80 %" in page
    assert "_ibl_trials.table.pqt" in page
    assert f'one.load_object("{world.trained.pk}", "trials")' in page
    assert "A public recording · MIT" in page


def test_file_links_lead_to_the_store_with_the_uuid(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), session_url(world.trained))
    dataset = world.trained.data_dataset_session_related.get()
    assert f'/alf/_ibl_trials.table.{dataset.pk}.pqt"' in page
    assert 'href="/store/lighthouse/Subjects/WREN_01/' in page
    assert dataset.hash[:12] in page


def test_units_are_listed_and_the_address_chooses_one(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), f"{session_url(world.ephys)}?unit=3")
    assert "12 units" in page
    assert '<tr data-unit="3" aria-selected="true">' in page
    assert page.count('aria-selected="true"') == 1
    assert "stimulus onset" in page


def test_an_unknown_unit_falls_back_to_the_first(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), f"{session_url(world.ephys)}?unit=999&pid={uuid4()}")
    assert page.count('aria-selected="true"') == 1


def test_a_recording_without_trials_says_why_it_has_no_raster(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), session_url(world.plain))
    assert "This recording has no trials" in page
    assert 'data-chart="raster"' not in page
    assert 'data-chart="drift-map"' in page
    assert "Activity of probe00" in page
    assert 'data-chart="units"' not in page
    assert "The source gives no depths and no amplitudes" in page


def test_a_recording_without_depths_shows_no_empty_columns(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), session_url(world.plain))
    assert "Depth (µm)" not in page
    assert "Rate (Hz)" in page
    assert "amplitudes unknown" in page


def test_trials_without_choices_say_what_is_missing(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), session_url(world.choiceless))
    assert "These trials have no choice, contrastLeft, contrastRight" in page
    assert 'data-chart="psychometric"' not in page


def test_trials_without_choices_still_offer_their_events(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), session_url(world.choiceless))
    for event, title in (("goCue_times", "go cue"), ("response_times", "response")):
        assert f'<option value="{event}"' in page
        assert f">{title}</option>" in page
    assert page.count("<option") == 2
    assert 'data-chart="raster"' in page


def test_a_session_that_waits_for_a_worker_says_so_and_asks_again(as_user: Any, world: Any) -> None:
    client = as_user("alice")
    assert "Being analysed." in read(client, session_url(world.waiting))
    assert "?n=1" in read(client, session_url(world.waiting, "session-state"), **{"hx-request": "true"})


def test_the_page_stops_asking(as_user: Any, world: Any) -> None:
    part = read(as_user("alice"), f"{session_url(world.waiting, 'session-state')}?n=500")
    assert "hx-get" not in part
    assert "Is a worker running?" in part


def test_an_analysed_session_tells_the_page_to_renew_itself(as_user: Any, world: Any) -> None:
    response = as_user("alice").get(session_url(world.trained, "session-state"))
    assert response.headers["HX-Refresh"] == "true"


def test_a_failed_analysis_is_shown_with_its_reason(as_user: Any, world: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            'insert into bregma_behavior."~~trial_set" (session_uuid, status, priority, error_message)'
            " values (%s, 'error', 5, 'InvalidInput: trials have no choice')",
            [str(world.waiting.pk)],
        )
    client = as_user("alice")
    page = read(client, session_url(world.waiting))
    assert "Trials failed:" in page
    assert "trials have no choice" in page
    assert "Being analysed" not in page
    assert "1 failed" in read(client, "/")


def test_sessions_are_filtered_and_a_part_is_answered_to_htmx(as_user: Any, world: Any) -> None:
    client = as_user("alice")
    part = read(client, f"{reverse('results:sessions')}?ephys=1", **{"hx-request": "true"})
    assert "3 sessions" in part
    assert "<html" not in part
    assert "1 session<" in read(client, f"{reverse('results:sessions')}?first=2024-03-05&last=2024-03-05")
    assert f"{world.trained.pk}" in read(client, f"{reverse('results:sessions')}?search={world.trained.pk}")


def test_filters_that_make_no_sense_do_no_harm(as_user: Any, world: Any) -> None:
    client = as_user("alice")
    for query in ("first=yesterday", "page=9999", "page=-1", "search=%27%3B--", "lab=" + "x" * 9000):
        read(client, f"{reverse('results:sessions')}?{query}")
        read(client, f"{reverse('results:subjects')}?{query}")


def test_a_zero_character_is_refused_with_words(as_user: Any, world: Any) -> None:
    answer = as_user("alice").get(f"{reverse('results:sessions')}?search=%00")
    assert answer.status_code == 400
    assert "zero character" in answer.json()["detail"]


def test_names_are_escaped(as_user: Any, world: Any) -> None:
    world.waiting.task_protocol = "<script>alert(1)</script>"
    world.waiting.save()
    assert "<script>alert" not in read(as_user("alice"), session_url(world.waiting))


@pytest.mark.parametrize("name", MEMBERS)
def test_members_read_every_page(as_user: Any, world: Any, name: str) -> None:
    client = as_user(name)
    for url in (*map(reverse, LISTS), subject_url(world.private), session_url(world.ephys)):
        read(client, url)


def test_the_public_reads_only_what_has_a_public_tag(as_user: Any, world: Any) -> None:
    client = as_user("pat")
    read(client, session_url(world.trained))
    page = read(client, subject_url(world.subject))
    assert 'data-chart="weights"' not in page
    assert page.count("/results/sessions/") <= 2, "one session of eleven is public"
    for url in (subject_url(world.private), session_url(world.ephys), "/results/subjects/OWL_02"):
        read(client, url, 404)
    overview = read(client, "/")
    assert "OWL_02" not in overview
    assert "Psychometric curves" not in overview


@pytest.mark.parametrize("name", [*LISTS, "results:subject", "results:session", "results:session-drift-map"])
def test_visitors_are_asked_to_log_in(as_user: Any, world: Any, name: str) -> None:
    args = {"results:subject": ["WREN_01"]}.get(name, [world.ephys.pk] if "session" in name[:15] else [])
    url = reverse(name, args=args if name not in LISTS else [])
    response = as_user("anonymous").get(url)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("page", ["overview", "subjects", "sessions", "subject", "session"])
def test_queries_do_not_grow_with_rows(as_user: Any, world: Any, page: str, count_queries: Any, add_rows: Any) -> None:
    client = as_user("alice")
    url = {
        "overview": "/",
        "subjects": reverse("results:subjects"),
        "sessions": reverse("results:sessions"),
        "subject": subject_url(world.subject),
        "session": session_url(world.trained),
    }[page]
    read(client, url)
    few = count_queries(lambda: read(client, url))
    add_rows(6)
    many = count_queries(lambda: read(client, url))
    assert many == few
    assert few <= 40


def test_a_restricted_subject_says_how_much_water_is_due_today(as_user: Any, world: Any) -> None:
    from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
    from bregma.alyx.subjects.models import Subject

    mouse = Subject.objects.create(nickname="THIRSTY_01", lab=world.subject.lab)
    assert "Water today" not in read(as_user("alice"), subject_url(mouse))
    Weighing.objects.create(subject=mouse, weight=25)
    WaterRestriction.objects.create(subject=mouse, reference_weight=25)
    assert "0.00 of 1.00 mL" in read(as_user("alice"), subject_url(mouse))
    WaterAdministration.objects.create(subject=mouse, water_administered=0.4)
    assert "0.60 mL due" in read(as_user("alice"), subject_url(mouse))
    WaterAdministration.objects.create(subject=mouse, water_administered=0.7)
    assert "nothing due" in read(as_user("alice"), subject_url(mouse))


def test_a_training_status_is_explained(as_user: Any, world: Any) -> None:
    page = read(as_user("alice"), subject_url(world.subject))
    assert page.count("<dt>Training: ") == 1
    assert "does not meet the criteria of trained 1a yet" in page or "correct on easy trials" in page
