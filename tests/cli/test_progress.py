"""Progress of the demo, on a terminal and without one."""

import pytest

from bregma.cli.demo import Progress


def test_stages_follow_each_other_and_may_end_early(capsys: pytest.CaptureFixture[str]) -> None:
    show = Progress()
    for stage, done in (("fetch", 0), ("fetch", 1), ("convert", 0), ("convert", 3), ("files", 1)):
        show(stage, done, 5 if stage == "convert" else 1)
    assert capsys.readouterr().out == ""
