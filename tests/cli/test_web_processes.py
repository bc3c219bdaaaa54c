"""How many processes and threads serve the pages of an installation."""

import pytest

from bregma.cli.installation import MOST_PROCESSES, THREADS, Plan, programs, web_processes

MOST_CONNECTIONS = 100
"""What PostgreSQL takes unless told otherwise."""


@pytest.mark.parametrize(("cores", "processes"), [(1, 2), (2, 2), (8, 4), (128, 8)])
def test_half_of_the_cores_serve_pages(cores: int, processes: int) -> None:
    assert web_processes(cores) == processes


def test_threads_of_pages_leave_a_third_of_the_connections_to_others() -> None:
    assert MOST_PROCESSES * THREADS <= MOST_CONNECTIONS * 2 / 3


def test_pages_are_served_by_threads_whose_connections_wait_for_clients() -> None:
    web = programs(Plan(port=8000), "token")[0].command
    assert web[web.index("--worker-class") + 1] == "gthread"
    assert int(web[web.index("--keep-alive") + 1]) > 5
