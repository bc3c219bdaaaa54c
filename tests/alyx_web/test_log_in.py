"""Log-in, log-out, links that sign in once, the headers of every answer, and the look's contrast."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.urls import reverse

from bregma.alyx import web
from bregma.alyx.api.rates import shared_counter
from bregma.alyx.web.assets import build_assets, bundle_name

CSS = Path(web.__file__).parent / "static" / "bregma" / "bregma.css"


@pytest.fixture(autouse=True)
def _fresh_counts(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    shared_counter().clear()


@pytest.fixture
def nora(db: None) -> Any:
    from bregma.alyx.accounts import create_user

    return create_user("nora", "a-long-pass-phrase")


def log_in(client: Any, password: str, **more: str) -> Any:
    return client.post(reverse("login"), {"username": "nora", "password": password, **more})


def test_the_right_password_opens_the_page_that_was_asked_for(client: Any, nora: Any) -> None:
    response = log_in(client, "a-long-pass-phrase", next="/results/subjects/")
    assert response.headers["Location"] == "/results/subjects/"
    assert client.get("/results/subjects/").status_code == 200


def test_a_wrong_password_is_said_clearly(client: Any, nora: Any) -> None:
    page = log_in(client, "wrong").content.decode()
    assert "This user name and password do not belong together." in page
    assert 'role="alert"' in page
    assert client.get("/").status_code == 302


def test_log_in_leads_to_no_other_host(client: Any, nora: Any) -> None:
    response = log_in(client, "a-long-pass-phrase", next="https://example.org/steal")
    assert response.headers["Location"] == "/"


def test_attempts_are_limited_and_say_how_long_to_wait(client: Any, nora: Any) -> None:
    codes = [log_in(client, f"wrong {i}").status_code for i in range(11)]
    assert codes[:10] == [200] * 10
    assert codes[10] == 429
    response = log_in(client, "a-long-pass-phrase")
    assert response.status_code == 429, "the right password does not open a closed door"
    assert int(response.headers["Retry-After"]) > 0


def test_attempts_at_the_token_endpoint_count_too(client: Any, nora: Any) -> None:
    for i in range(10):
        client.post("/auth-token", {"username": "nora", "password": f"wrong {i}"})
    assert log_in(client, "a-long-pass-phrase").status_code == 429


def test_the_admin_has_no_log_in_page_of_its_own(client: Any, nora: Any) -> None:
    response = client.get("/admin/login/?next=/admin/")
    assert response.headers["Location"] == "/login?next=/admin/"


def test_log_out_needs_a_post_and_ends_the_session(client: Any, nora: Any) -> None:
    client.force_login(nora)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).headers["Location"] == "/login"
    assert client.get("/").status_code == 302


def sign_in_path(name: str) -> str:
    from bregma.alyx.accounts import sign_in_link

    return sign_in_link(name, "")


def test_a_link_signs_in_once(client: Any, nora: Any) -> None:
    path = sign_in_path("nora")
    assert "Continue to bregma" in client.get(path).content.decode()
    assert client.get("/").status_code == 302, "looking at the link does not spend it"
    assert client.post(path).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    client.logout()
    again = client.post(path)
    assert again.status_code == 410
    assert "used before" in again.content.decode()
    assert client.get("/").status_code == 302


def test_a_forged_link_is_refused(client: Any, nora: Any) -> None:
    assert client.post(sign_in_path("nora") + "x").status_code == 410


def test_an_old_link_is_refused(client: Any, nora: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sign_in_path("nora")
    monkeypatch.setattr("bregma.alyx.accounts.LINK_SECONDS", -1)
    response = client.post(path)
    assert response.status_code == 410
    assert "older than ten minutes" in response.content.decode()


@pytest.mark.parametrize("path", ["/login", "/no-such-page", "/sign-in/nothing"])
def test_pages_run_only_our_own_scripts(client: Any, db: None, path: str) -> None:
    response = client.get(path)
    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in policy["style-src"]
    assert policy["frame-ancestors"] == "'none'"


INLINE = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:"


def test_templates_have_no_inline_script_or_style() -> None:
    for folder in (Path(web.__file__).parent, Path(web.__file__).parents[1] / "results"):
        for template in folder.glob("templates/**/*.html"):
            text = template.read_text(encoding="utf-8")
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:", text), (
                template
            )


def test_an_unknown_page_says_so_without_details(client: Any, nora: Any) -> None:
    client.force_login(nora)
    response = client.get("/no-such-page/<b>")
    assert response.status_code == 404
    assert "<b>" not in response.content.decode()


def test_rest_operations_are_listed(client: Any, nora: Any) -> None:
    client.force_login(nora)
    page = client.get(reverse("api-docs")).content.decode()
    assert "/sessions/{id}" in page
    assert site_settings.BREGMA_URL in page


def test_the_bundle_is_written_whole_once(tmp_path: Path) -> None:
    (tmp_path / "bregma-vega").mkdir()
    (tmp_path / "bregma-vega" / "vega-0.0.1.js").write_text("old")
    path = build_assets(tmp_path)
    assert path == tmp_path / bundle_name()
    assert "vegaEmbed" in path.read_text(encoding="utf-8")
    before = path.stat().st_mtime_ns
    assert build_assets(tmp_path).stat().st_mtime_ns == before
    assert {file.name for file in path.parent.iterdir()} == {path.name, f"{path.name}.gz"}


def tokens(theme: str) -> dict[str, str]:
    blocks = dict(
        re.findall(r'(:root(?:\[data-theme="dark"\])?) \{(.*?)\}', CSS.read_text(encoding="utf-8"), re.DOTALL)
    )
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[":root"]))
    dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[':root[data-theme="dark"]']))
    return light if theme == "light" else light | dark


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


PAIRS = [
    *product(("ink", "ink-soft", "accent", "chart-ink"), ("paper", "surface")),
    *product(("ink", "ink-soft"), ("sunken",)),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("accent-strong", "accent-soft"),
    *((tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "info")),
    ("bad", "surface"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    colors = tokens(theme)
    high, low = sorted((luminance(colors[text]), luminance(colors[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} on {ground} in the {theme} theme"
