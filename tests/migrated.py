"""The migrated test database: a dump in the user's cache, and the rows it begins with.

Migrating costs more than most test runs; and a test that commits ends by emptying every table.
"""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from bregma.services.home import Home
from bregma.services.postgres import SUPERUSER, server_program, socket_folder

TEST_DATABASE = "test_bregma"


class MigratedDump:
    """The dump for the migrations as they are now; of other ones nothing is known."""

    def __init__(self, folder: Path, source: Path) -> None:
        written = sorted([*source.rglob("migrations/*.py"), *source.rglob("starting_rows.py"), *source.rglob("sql.py")])
        written += sorted(source.glob("alyx/history/*.py")) + sorted(source.glob("pipelines/keys/*.py"))
        digest = hashlib.sha256()
        for path in written:
            digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
        self.path = folder / f"migrated-{digest.hexdigest()[:16]}.dump"

    def restore(self, home: Home) -> bool:
        """Make the test database from the dump; tell whether there was one."""
        if not self.path.exists():
            return False
        self._run(home, "createdb", TEST_DATABASE)
        self._run(home, "pg_restore", "-d", TEST_DATABASE, str(self.path))
        return True

    def keep(self, home: Home) -> None:
        """Dump the test database for the next run."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(f".{home.root.name}.part")
        self._run(home, "pg_dump", "-Fc", "-Z0", "-f", str(unfinished), TEST_DATABASE)
        unfinished.replace(self.path)

    def _run(self, home: Home, program: str, *arguments: str) -> None:
        subprocess.run(
            [server_program(program), "-h", str(socket_folder(home)), "-U", SUPERUSER, *arguments], check=True
        )


class StartingRows:
    """The rows that the migrations entered, beside the tables; put back they make the database new again."""

    def __init__(self, blocker: Any) -> None:
        from django.db import connection

        self.blocker = blocker
        self.tables: list[str] = []
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS starting")
            for name in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT EXISTS (SELECT FROM public."{name}")')
                if cursor.fetchone() == (True,) and name not in ("django_migrations", "history_event"):
                    cursor.execute(f'CREATE TABLE IF NOT EXISTS starting."{name}" AS TABLE public."{name}"')
                    self.tables.append(name)

    def put_back(self) -> None:
        """Enter the rows that are missing, past triggers and foreign keys."""
        from django.db import connection, transaction

        with self.blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name in self.tables:
                cursor.execute(f'INSERT INTO public."{name}" SELECT * FROM starting."{name}" ON CONFLICT DO NOTHING')
