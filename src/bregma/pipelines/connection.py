"""The DataJoint connection of one process, made from the installation's PostgreSQL parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg2

from bregma.pipelines.engine import dj, without_configuration_file
from bregma.pipelines.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Mapping

TLS = {"disable": False, "require": True, "verify-ca": True, "verify-full": True}


class ConnectionRefused(PipelineError, ConnectionError):
    """DataJoint could not reach the database, or cannot use its address."""


def connect(parameters: Mapping[str, str | int]) -> Any:
    """Return a DataJoint instance with a connection of its own; datajoint's global connection is left alone.

    Parameters
    ----------
    parameters
        Keywords dbname, user, password, host and port, as `bregma.services.postgres.connection_parameters` returns
        them. The host may be the folder of a socket.

    Raises
    ------
    ConnectionRefused
        If the server does not answer, or its address holds a colon, which DataJoint cuts there.
    """
    host = str(parameters.get("host", "localhost"))
    if ":" in host:
        raise ConnectionRefused(f"DataJoint cannot use the host {host!r}: it holds a colon; move the data folder")
    try:
        with without_configuration_file():
            instance = dj.Instance(
                host=host,
                user=str(parameters["user"]),
                password=str(parameters.get("password", "")),
                port=int(parameters.get("port", 5432)),
                use_tls=False if host.startswith("/") else TLS.get(str(parameters.get("sslmode"))),
                backend="postgresql",
                database__name=str(parameters["dbname"]),
                database__reconnect=False,  # after a lost connection the worker looks afresh at everything
                safemode=False,
                loglevel="WARNING",
            )
    except (dj.errors.DataJointError, psycopg2.OperationalError) as error:
        raise ConnectionRefused(f"no connection to PostgreSQL at {host}: {error}") from error
    return instance
