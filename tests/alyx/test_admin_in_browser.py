"""The admin as people see it: it fits, it is named, it can be read, in light and dark, at a desk and on a phone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.alyx.factories import make_world
from tests.browser import DESK, PHONE, check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SUBJECTS = "admin:subjects_subject"


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), pytest.param(PHONE, True, marks=pytest.mark.long)])
def test_front_page_list_form_and_preview_can_be_read(
    page_of: Callable[..., Any], tmp_path: Path, width: int, dark: bool
) -> None:
    world = make_world()
    visit = page_of("root", width=width, dark=dark)
    pictures = Path(os.environ.get("BREGMA_PICTURES", tmp_path))
    wrong = []
    for name, path in {
        "front": "/admin/",
        "list": reverse(f"{SUBJECTS}_changelist"),
        "form": reverse(f"{SUBJECTS}_change", args=[world.subject.pk]),
        "import": reverse(f"{SUBJECTS}_import"),
    }.items():
        visit.open(path)
        if name == "import":
            table = b"nickname,lab,sex,description\nKS014,mainenlab,F,tame\nN1,mainenlab,M,\n"
            visit.page.set_input_files("input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": table})
            visit.page.click("[type=submit]:visible >> nth=-1")
            visit.page.wait_for_selector(".import-preview-table")
        visit.page.wait_for_load_state("networkidle")
        visit.picture(pictures / f"admin-{name}-{width}-{'dark' if dark else 'light'}.png")
        try:
            check_accessible(visit.page)
        except AssertionError as found:
            wrong.append(str(found))
    assert not wrong, "\n\n".join(wrong)
