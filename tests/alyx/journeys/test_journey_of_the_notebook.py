"""An experimenter trains a mouse, writes the session up with a colleague, and culls what is not needed any more."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader
from tests.alyx.journeys.lab import make_animal

from bregma.alyx.actions.models import Cull, Session, WaterRestriction
from bregma.alyx.history.models import Event
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.models import Comment
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab
    from tests.alyx.journeys.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

PASTE = """async (form) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const image = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([image], "lick.png", { type: "image/png" }));
  form.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


def test_a_session_is_written_up_and_mice_are_culled(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    trained = make_animal(lab, "CK01", "alice", cage=None)
    WaterRestriction.objects.create(subject=trained, reference_weight=24)
    make_animal(lab, "CK02", "alice")
    make_animal(lab, "CK03", "alice")
    alice = walk_of("alice")
    train(alice)
    write_up(alice)
    answer_of_a_colleague(walk_of("dora", dark=True))
    judge(alice)
    check_record(print_record(alice))
    find_it_again(alice)
    cull_one(alice)
    cull_several(alice)
    read_the_history(alice)
    check_rows(lab, trained)


def train(alice: Walk) -> None:
    alice.go("Subjects")
    alice.follow("CK01", exact=True)
    alice.do("New session")
    alice.fill(Type="Training", Protocol="trainingChoiceWorld")
    alice.press("Save")
    alice.heard("The session is written down")


def write_up(alice: Walk) -> None:
    alice.follow("Write the narrative")
    alice.fill(Narrative="The left lick spout was **blocked** until trial 40.")
    alice.press("Save")
    alice.main.get_by_text("Write a note", exact=True).click()
    alice.fill(Text="The spout, seen from above.")
    alice.main.locator("form[data-pictures]").evaluate(PASTE)
    alice.main.get_by_role("list", name="Pictures to send").get_by_role("img", name="lick.png").wait_for()
    alice.press("Write down")
    alice.main.get_by_text("The spout, seen from above.").wait_for()
    alice.page.wait_for_function("[...document.querySelectorAll('main img')].some((one) => one.naturalWidth > 0)")
    box = alice.main.get_by_label("Comment", exact=True)
    box.press_sequentially("Have a look, @dor")
    alice.page.get_by_role("option", name="dora").click()
    box.press_sequentially("please")
    alice.main.get_by_role("button", name="Comment", exact=True).click()
    alice.main.get_by_role("listitem").filter(has_text="Have a look").wait_for()


def answer_of_a_colleague(dora: Walk) -> None:
    dora.open_notice("alice mentioned you")
    dora.main.get_by_text("blocked").first.wait_for()


def judge(alice: Walk) -> None:
    alice.main.get_by_label("More", exact=True).click()
    alice.follow("Judge the quality")
    alice.fill(Quality="WARNING", Reason="Blocked spout in the first block")
    alice.press("Save")
    alice.main.get_by_text("Blocked spout in the first block").first.wait_for()


def print_record(alice: Walk) -> bytes:
    alice.main.get_by_label("More", exact=True).click()
    link = alice.main.get_by_role("link", name="Print as PDF")
    answer = alice.visit.context.request.get(alice.visit.site + str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    return bytes(answer.body())


def check_record(pdf: bytes) -> None:
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    for part in ("CK01", "trainingChoiceWorld", "blocked", "The spout, seen from above", "Have a look"):
        assert part in words


def find_it_again(alice: Walk) -> None:
    alice.search("spout blocked")
    alice.follow("CK01")
    alice.main.get_by_text("blocked").first.wait_for()
    alice.go("Notebook", "Calendar")
    alice.follow("CK01")


def cull_one(alice: Walk) -> None:
    alice.go("Subjects")
    alice.follow("CK01", exact=True)
    alice.do("Cull")
    alice.fill(Reason="regular experiment end", Method="Overdose", Actual_severity="Moderate")
    alice.press("Enter the cull")
    alice.heard("The cull of CK01 is entered")


def cull_several(alice: Walk) -> None:
    alice.go("Subjects")
    for name in ("CK02", "CK03"):
        alice.main.get_by_label(f"Choose {name}").check()
    alice.fill(What_to_do="Enter their cull")
    alice.press("Go on…")
    alice.fill(Reason="regular experiment end", Method="Overdose", Actual_severity="Mild")
    alice.press("Enter their cull")
    alice.go("Colony", "Culls")
    for name in ("CK01", "CK02", "CK03"):
        alice.main.get_by_role("row", name=name).wait_for()


def read_the_history(alice: Walk) -> None:
    alice.follow("CK01", exact=True)
    alice.click(alice.main.get_by_role("navigation", name="Record of CK01").get_by_role("link", name="History"))
    story = alice.main.get_by_role("region", name="Timeline")
    story.get_by_text("alice").first.wait_for()
    story.get_by_text("Culled").first.wait_for()


def check_rows(lab: JourneyLab, trained: Subject) -> None:
    session = Session.objects.get(subject=trained)
    assert (session.type, session.task_protocol, session.number, session.qc) == (
        *("Training", "trainingChoiceWorld", 1),
        30,
    )
    assert "**blocked**" in session.narrative
    assert [one.username for one in session.users.all()] == ["alice"]
    note = Note.objects.get()
    assert (note.user, note.object_id, note.text) == (lab.people["alice"], session.pk, "The spout, seen from above.")
    assert Comment.objects.get().text.startswith("Have a look, @dora")
    culls = Cull.objects.order_by("subject__nickname")
    assert [(one.subject.nickname, str(one.cull_method)) for one in culls] == [
        *(("CK01", "Overdose"), ("CK02", "Overdose"), ("CK03", "Overdose"))
    ]
    dead = Subject.objects.filter(nickname__startswith="CK0").order_by("nickname")
    assert {one.death_date for one in dead} == {date.today()}  # noqa: DTZ011  the lab is in UTC, as the tests are
    assert [one.actual_severity for one in dead] == [3, 2, 2]
    assert WaterRestriction.objects.get().end_time is not None
    by = {event.context.metadata["user"] for event in Event.objects.filter(table="actions_cull", kind="I")}
    assert by == {str(lab.people["alice"].pk)}
