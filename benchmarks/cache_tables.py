"""Cache tables of 10,000 sessions and 2,000,000 datasets: making them from the database, asking again, and a delta.

The rows are entered by SQL into a home that is thrown away, their history too. Wanted: 30 s and 500 MB for the tables,
1 s for a delta after a small change. ``--small`` takes a hundredth.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SECONDS, MOST_MEGABYTES, MOST_DELTA_SECONDS = 30.0, 500.0, 1.0
PER_SESSION, SUBJECTS = 200, 100
KEY = "md5('{}' || i)::uuid"
SESSION, DATASET, RECORD = (KEY.format(kind) for kind in ("session", "dataset", "record"))
COLLECTIONS = "(array['raw_behavior_data', 'raw_video_data', 'alf', 'alf/probe00', 'alf/probe01'])[1 + i % 5]"
FILES = "'_ibl_part' || i % {per_session} || '.times.npy'"
ENTER = f"""
SET LOCAL session_replication_role = replica;
INSERT INTO subjects_project (id, name, description) SELECT {KEY.format("project")}, 'project' || i, ''
    FROM generate_series(0, 9) AS i;
INSERT INTO actions_session (id, name, narrative, number, task_protocol, qc, start_time, auto_datetime,
                             subject_id, lab_id)
    SELECT {SESSION}, '', '', 1 + i % 2, 'choiceWorld', 0, timestamptz '2015-01-01 10:00Z' + i * interval '12 hours',
           now(), ({{subjects}})[1 + i % {{n_subjects}}], {{lab}} FROM generate_series(0, {{sessions}} - 1) AS i;
INSERT INTO actions_session_projects (session_id, project_id)
    SELECT {SESSION}, md5('project' || i % 10)::uuid FROM generate_series(0, {{sessions}} - 1) AS i;
INSERT INTO data_dataset (id, name, collection, file_size, hash, version, generating_software, default_dataset, qc,
                          created_datetime, auto_datetime, session_id, dataset_type_id, data_format_id)
    SELECT {DATASET}, {FILES}, {COLLECTIONS}, 1000 + i, md5('content' || i), '', '', true,
           (array[0, 10, 30])[1 + i % 3], now(), now(), md5('session' || i / {{per_session}})::uuid,
           {{type}}, {{format}}
    FROM generate_series(0, {{datasets}} - 1) AS i;
INSERT INTO data_filerecord (id, name, relative_path, exists, dataset_id, data_repository_id)
    SELECT {RECORD}, '', 'subject/' || i / {{per_session}} || '/' || {COLLECTIONS} || '/' || {FILES}, true, {DATASET},
           {{repository}} FROM generate_series(0, {{datasets}} - 1) AS i;
INSERT INTO history_event (at, kind, "table", "row", after)
    SELECT clock_timestamp(), 'I', 'data_dataset', {DATASET}, '{{{{}}}}' FROM generate_series(0, {{datasets}} - 1) AS i;
"""


def enter(sessions: int) -> None:
    """Enter sessions with their datasets and files, as SQL can make them."""
    from django.db import connection, transaction

    from bregma.alyx.data.models import DataFormat, DataRepository, DatasetType
    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject

    lab = Lab.objects.create(name="lab")
    rows = {
        "lab": lab,
        "repository": DataRepository.objects.create(name="server", globus_is_personal=False),
        "type": DatasetType.objects.get(name="trials.table"),
        "format": DataFormat.objects.get(name="npy"),
    }
    keys = {name: f"'{row.pk}'::uuid" for name, row in rows.items()}
    mice = Subject.objects.bulk_create([Subject(nickname=f"mouse{i}", lab=lab) for i in range(SUBJECTS)])
    keys["subjects"] = f"'{{{','.join(str(mouse.pk) for mouse in mice)}}}'::uuid[]"
    numbers = {"sessions": sessions, "datasets": sessions * PER_SESSION, "per_session": PER_SESSION}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ENTER.format(**keys, **numbers, n_subjects=SUBJECTS))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class Clock:
    """Seconds of an action: on the wall, of this process, and of the database's."""

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.backend = psutil.Process(cursor.fetchone()[0])

    def __call__(self, action: Callable[[], Any], name: str) -> tuple[Any, float]:
        """Do something, and print how long it took."""
        begun = self._seconds()
        result = action()
        wall, own, backend = (now - then for now, then in zip(self._seconds(), begun, strict=True))
        print(f"{name:<34}{wall:>8.2f} s{own:>8.2f} s here{backend:>8.2f} s in PostgreSQL", flush=True)
        return result, wall

    def _seconds(self) -> tuple[float, float, float]:
        of_backend = self.backend.cpu_times()
        return time.perf_counter(), time.process_time(), of_backend.user + of_backend.system


def measure(sessions: int) -> bool:
    """Make tables, ask again, change a dataset, and ask what changed; tell whether all is as wanted."""
    from bregma.alyx.accounts import create_user
    from bregma.alyx.data.models import Dataset
    from bregma.alyx.data.tables import load_tables, scope_of
    from bregma.alyx.data.tables.delta import load_delta

    scope, clock = scope_of(create_user("member", "long enough a word", labs=["lab"])), Clock()
    tables, seconds = clock(lambda: load_tables(scope), "tables")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = tables.info["tables"]["datasets"]["nrecs"]
    print(f"{rows:,} datasets, {tables.archive.stat().st_size / 1e6:.0f} MB, peak memory {peak:.0f} MB", flush=True)
    clock(lambda: load_tables(scope), "asked again, nothing changed")
    dataset = Dataset.objects.earliest("pk")
    dataset.file_size = 7
    dataset.save()
    _, delta_seconds = clock(lambda: load_delta(scope, tables.etag), "delta after one change")
    Dataset.objects.filter(session=dataset.session).delete()
    _, second = clock(lambda: load_delta(scope, tables.etag), f"delta after {PER_SESSION} deletions")
    limits = (MOST_SECONDS, MOST_MEGABYTES, MOST_DELTA_SECONDS)
    return all(found <= limit for found, limit in zip((seconds, peak, max(delta_seconds, second)), limits, strict=True))


def main(*, small: bool) -> None:
    """Make the home, and measure in it."""
    with tempfile.TemporaryDirectory(prefix="bregma-bench-") as folder:
        os.environ["BREGMA_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "bregma.alyx.settings"
        from bregma.services.home import Home
        from bregma.services.postgres import start_postgres, stop_postgres

        home = Home.default().make()
        start_postgres(home)
        try:
            _measure(home, small=small)
        finally:
            stop_postgres(home)


def _measure(home: Any, *, small: bool) -> None:
    from bregma.alyx.installation import prepare

    prepare(home, report=lambda _: None)
    sessions = 100 if small else 10_000
    start = time.perf_counter()
    enter(sessions)
    print(f"{sessions:,} sessions, {sessions * PER_SESSION:,} datasets, entered in {time.perf_counter() - start:.0f} s")
    good = measure(sessions)
    wanted = f"{MOST_SECONDS:.0f} s, {MOST_MEGABYTES:.0f} MB, deltas in {MOST_DELTA_SECONDS:.0f} s"
    print(f"{'within' if good else 'over'} what is wanted: {wanted}")


if __name__ == "__main__":
    main(small="--small" in sys.argv)
