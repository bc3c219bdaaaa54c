"""Makes an installation ready to serve: tables, front-end assets, the account of its workers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bregma.services.home import Home
from bregma.services.postgres import database_url, start_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER = "worker"


class NotInstalled(RuntimeError):
    """There is no installation in this folder or database yet; the message says how to make one."""


def connect() -> Home:
    """Start the database of this installation if need be, and let Django's models be used in this process.

    Raises
    ------
    NotInstalled
        If ``bregma up`` has not made its tables.
    """
    home = Home.default()
    place = "the database of BREGMA_DATABASE_URL" if database_url() else str(home.root)
    missing = f"no installation in {place}; make it with bregma up, or name another folder with bregma --home DIR"
    if database_url() is None and not (home.postgres / "PG_VERSION").exists():
        raise NotInstalled(missing)
    start_postgres(home.make())
    _set_up()
    from django.db import connection

    if "misc_labmember" not in connection.introspection.table_names():
        raise NotInstalled(missing)
    return home


def prepare(home: Home, *, report: Callable[[str], None]) -> str:
    """Bring tables and assets up to date; return the token with which workers read the REST API.

    Parameters
    ----------
    home : Home
        The installation; its database must be reachable.
    report : callable
        Called with a few words before each step.
    """
    _set_up()
    from django.core.management import call_command

    from bregma.alyx.accounts import token_for
    from bregma.alyx.web.assets import build_assets

    report("tables")
    call_command("migrate", verbosity=0, interactive=False)
    report("front-end assets")
    build_assets(home.static)
    ensure_account(WORKER)
    return token_for(WORKER)


def ensure_account(name: str, *, superuser: bool = False) -> None:
    """Make an account without a password, for a program or for sign-in links, unless there is one."""
    from bregma.alyx.accounts import create_user
    from bregma.alyx.misc.models import LabMember

    if not LabMember.objects.filter(username=name).exists():
        create_user(name, None, superuser=superuser)


def _set_up() -> None:
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bregma.alyx.settings")
    if not apps.ready:
        django.setup()
