"""The page of the brain that an installation runs lets in who has its address."""

from bregma.cli.installation import Plan, programs


def test_the_address_of_the_brain_has_the_token_that_its_page_asks_for() -> None:
    plan = Plan(port=8000, viewer_port=8001)
    (viewer,) = (program for program in programs(plan, "worker-token") if program.name == "viewer")
    token = viewer.environment["BREGMA_VIEWER_TOKEN"]
    assert len(token) >= 32
    assert plan.viewer_url == f"http://127.0.0.1:8001/?token={token}"
    assert token not in " ".join(viewer.command)
    assert token not in repr(plan)
    assert Plan(port=8000, viewer_port=8001).viewer_url != plan.viewer_url


def test_an_installation_without_the_page_has_no_address_of_it() -> None:
    assert Plan(port=8000).viewer_url == ""
