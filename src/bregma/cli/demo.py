"""A small lab with real recordings: bregma demo."""

from __future__ import annotations

import os
import sys
import time
import webbrowser
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import platformdirs
import typer
from tqdm import tqdm

from bregma.cli.installation import (
    DEFAULT_PORT,
    Plan,
    free_port,
    running,
    wait_for_port,
    wait_for_signal,
)
from bregma.cli.output import print_record, say
from bregma.cli.viewing import save_picture

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from bregma.demo import Check, Summary
    from bregma.one import ONE
    from bregma.services.home import Home

VISITOR = "visitor"
STALLED_SECONDS = 120.0


@dataclass
class Lab:
    """The demo lab that runs: what it was made of, and how long each stage took."""

    home: Home
    plan: Plan
    data: Sequence[Path]
    atlas: Path | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Say what begins, and remember how long it took."""
        say(f"{name} ...")
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 2)

    @property
    def picture(self) -> Path:
        """Where the brain is drawn."""
        return self.home.root / "brain.png"


class Progress:
    """One bar per stage, where a person looks on."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: tqdm[NoReturn] = tqdm(disable=True)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is."""
        if self._stage != stage:
            self._bar.close()
            self._stage = stage
            self._bar = tqdm(desc=f"  {stage}", total=total, disable=None, leave=False)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()


def demo(
    check: Annotated[bool, typer.Option("--check", help="Verify every stage, then end.")] = False,
    data: Annotated[
        list[Path] | None, typer.Option(help="Folder of ALF sessions of your own; repeatable.", exists=True)
    ] = None,
    atlas: Annotated[Path | None, typer.Option(help="Allen annotation volume (NRRD).", exists=True)] = None,
    port: Annotated[
        int, typer.Option(help="Port of the pages; a free one when it is taken.", min=0, max=65535)
    ] = DEFAULT_PORT,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the pages in a browser.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Replay a small lab: mice, sessions, files, analyses and a brain."""
    from bregma.demo import prepare
    from bregma.services.supervisor import check_not_running

    os.environ.pop("BREGMA_URL", None)  # the demo talks to its own server, whichever the visitor works with
    if atlas is not None:
        os.environ["BREGMA_ATLAS"] = str(atlas.resolve())  # for the brains that the pages show
    home = demo_home().make()
    check_not_running(home)
    lab = Lab(home, make_plan(home, port, atlas), data or [], atlas)
    with lab.stage("recordings"):
        prepare(home.demo, Progress())
    say("servers ...")
    start = time.perf_counter()
    with running(home, lab.plan):
        lab.seconds["servers"] = round(time.perf_counter() - start, 2)
        summary, checks = replay_lab(lab, verify=check)
        print_summary(lab, summary, checks, as_json=as_json)
        if check:
            raise typer.Exit(0 if all(found.ok for found in checks) else 1)
        if open_browser and sys.stdout.isatty():
            webbrowser.open(visitor_link(lab))
        say("Ctrl-C ends it. Running it again is quick and changes nothing twice.")
        wait_for_signal()
        say("ending ...")


def demo_home() -> Home:
    """Return the home of the demo: BREGMA_HOME, or one of its own, so that demo mice never join real ones."""
    from bregma.services.home import Home

    if os.environ.get("BREGMA_HOME"):
        return Home.default()
    return Home(platformdirs.user_data_path("bregma-demo"))


def make_plan(home: Home, port: int, atlas: Path | None) -> Plan:
    """Return what to run: the page of the brain only where the machine can draw it."""
    from bregma.viewer import NoOpenGL
    from bregma.viewer.render.opengl import choose_opengl

    options = ["--units", str(home.demo / "units.npz"), "--phantom", *(["--atlas", str(atlas)] if atlas else [])]
    try:
        choose_opengl()
    except NoOpenGL as error:
        say(f"no page of the brain, only its picture: {error}")
        return Plan(port=free_port(port))
    return Plan(port=free_port(port), viewer_port=free_port(), viewer_options=tuple(options))


def replay_lab(lab: Lab, *, verify: bool) -> tuple[Summary, list[Check]]:
    """Enter the lab as people and a rig would, wait for the workers, draw the brain, and look at it all when asked."""
    from bregma.alyx.accounts import token_for
    from bregma.alyx.installation import ensure_account
    from bregma.demo import replay
    from bregma.one import ONE

    ensure_account(VISITOR, superuser=True)
    one = ONE(base_url=lab.plan.url, token=token_for(VISITOR), cache_dir=lab.home.cache / "one")
    with lab.stage("replay"):
        summary = replay(one, lab.home.demo, lab.data, Progress())
    with lab.stage("colony"):
        summary.new += enter_colony()
    with lab.stage("analyses"):
        jobs = wait_for_workers()
    with lab.stage("brain"):
        save_picture(lab.picture, lab.atlas, lab.home.demo / "units.npz")
        if lab.plan.viewer_port:
            wait_for_port(lab.plan.viewer_port, lab.home.logs / "viewer.log")
    if not verify:
        return summary, jobs
    with lab.stage("checks"):
        return summary, jobs + check_all(lab, one)


def enter_colony() -> Counter[str]:
    """Let simulated animals live in the demo lab, with work for today."""
    from bregma.alyx.colony.example import Example, keep_colony
    from bregma.demo import colony

    example = Example(
        lab=colony.LAB,
        experimenter=colony.EXPERIMENTER.username,
        technician=colony.TECHNICIAN.username,
        on_water=colony.ON_WATER,
        water=colony.NEED_ML,
        litter=colony.LITTER,
    )
    return keep_colony(example, username=VISITOR)


def wait_for_workers() -> list[Check]:
    """Wait until nothing is left to analyse, however much there is, and say how it came out.

    Raises
    ------
    NotIdle
        If work is left and no result came in for a while.
    """
    from django.db import connection

    from bregma.demo import Check
    from bregma.pipelines.errors import NotIdle
    from bregma.pipelines.results import load_errors, wait_until_idle

    done = -1
    while True:
        try:
            wait_until_idle(connection, timeout=STALLED_SECONDS)
        except NotIdle:
            before, done = done, count_results(connection)
            if done == before:
                raise
        else:
            break
    errors, done = load_errors(connection), count_results(connection)
    said = "; ".join(f"{error.table} {error.key}: {error.message}" for error in errors[:3])
    return [Check("the workers analysed everything", ok=not errors and done > 0, detail=said or f"{done} results")]


def count_results(connection: Any) -> int:
    """Count what the workers have computed so far."""
    from bregma.pipelines.results import load_job_states

    return sum(state.n for state in load_job_states(connection) if state.status == "done")


def check_all(lab: Lab, one: ONE) -> list[Check]:
    """Look at rows, files, pages and the picture."""
    from bregma.demo import check, check_pages, check_picture

    found = check(one, lab.home.demo, lab.data)
    found += check_pages(one, visitor_link(lab), lab.plan.viewer_url)
    return [*found, check_picture(lab.picture)]


def visitor_link(lab: Lab) -> str:
    """Return a link that signs the visitor in once."""
    from bregma.alyx.accounts import sign_in_link

    return sign_in_link(VISITOR, lab.plan.url)


def print_summary(lab: Lab, summary: Summary, checks: Sequence[Check], *, as_json: bool) -> None:
    """Print what there is now, what it took, where to look, and what was verified."""
    record: dict[str, Any] = {
        "subjects": summary.subjects,
        "sessions": summary.sessions,
        "files": summary.files,
        "megabytes": round(summary.bytes / 1e6, 1),
        "new in this run": sum(summary.new.values()),
        "sign in": visitor_link(lab),
        "pages": lab.plan.url,
        "brain": lab.plan.viewer_url or "no OpenGL here; see the picture",
        "picture": str(lab.picture),
        "in a terminal": f"bregma --home {lab.home.root} search",
    }
    if as_json:
        seconds = {**lab.seconds, **{f"replay: {name}": value for name, value in summary.seconds.items()}}
        print_record({**record, "seconds": seconds, "checks": [vars(found) for found in checks]}, as_json=True)
        sys.stdout.flush()
        return
    took = ", ".join(f"{name} {seconds:.1f}" for name, seconds in lab.seconds.items())
    print_record({**record, "seconds": f"{sum(lab.seconds.values()):.1f} ({took})"}, as_json=False)
    for found in checks:
        print(f"{'ok    ' if found.ok else 'FAILED'}  {found.name}: {found.detail}")
    sys.stdout.flush()
