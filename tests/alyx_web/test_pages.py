"""Pages: what they show, to whom, and at what price in queries."""

from typing import Any

MEMBERS = ("root", "alice", "bob", "mia", "charlie")


def test_overview_shows_subjects_sessions_and_analyses(as_user: Any, world: Any) -> None:
    page = as_user("alice").get("/").content.decode()
    assert "WREN_01" in page
    assert "OWL_02" in page
    assert "Psychometric curves" in page
    assert "1 waiting" in page
