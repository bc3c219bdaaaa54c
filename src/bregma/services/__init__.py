"""The processes and folders of one installation: PostgreSQL (embedded or by URL), web server, workers.

May import: nothing of the house.
Read first: home.py.
Public names: Home, connection_parameters, start_postgres, stop_postgres, DatabaseError, Supervisor, Program, State,
AlreadyRunning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.later import import_later

if TYPE_CHECKING:
    from bregma.services.home import Home
    from bregma.services.postgres import DatabaseError, connection_parameters, start_postgres, stop_postgres
    from bregma.services.supervisor import AlreadyRunning, Program, State, Supervisor

__all__ = [
    "AlreadyRunning",
    "DatabaseError",
    "Home",
    "Program",
    "State",
    "Supervisor",
    "connection_parameters",
    "start_postgres",
    "stop_postgres",
]

__getattr__ = import_later(
    __name__,
    {
        "home": ("Home",),
        "postgres": ("DatabaseError", "connection_parameters", "start_postgres", "stop_postgres"),
        "supervisor": ("AlreadyRunning", "Program", "State", "Supervisor"),
    },
)
