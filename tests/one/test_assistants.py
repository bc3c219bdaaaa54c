"""The door for assistants, through the protocol's own client."""

import asyncio
import json
import sys
from typing import Any

import numpy as np
import pytest
from mcp import Client, StdioServerParameters

from bregma.cli.mcp import make_server
from bregma.one import ONE

SESSION = "KS014/2019-08-30/001"


def ask(server: Any, tool: str, **arguments: Any) -> Any:
    async def call() -> Any:
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(call())


def answer(server: Any, tool: str, **arguments: Any) -> Any:
    said = ask(server, tool, **arguments)
    assert not said.is_error, said
    return json.loads(said.content[0].text)


@pytest.fixture
def server(place) -> Any:
    return make_server(ONE(place))


def test_all_tools_only_read(server):
    async def tools() -> Any:
        async with Client(server) as client:
            return (await client.list_tools()).tools

    found = asyncio.run(tools())
    names = {"search_sessions", "get_session", "list_datasets", "describe_dataset", "preview_dataset"}
    assert {tool.name for tool in found} == names
    assert all(tool.annotations.read_only_hint for tool in found)
    assert all("self" not in tool.input_schema["properties"] for tool in found)


def test_an_assistant_finds_lists_describes_and_previews(server):
    told = answer(server, "search_sessions", subject="ks014", date_to="2019-08-30")
    assert (told["total"], told["sessions"][0]["date"]) == (1, "2019-08-30")
    known = answer(server, "get_session", session=told["sessions"][0]["id"])
    assert known["collections"] == ["alf", "alf/probe00", "alf/probe01"]
    listed = answer(server, "list_datasets", session=SESSION, name="spikes.*", collection="alf/probe01", limit=1)
    assert (listed["total"], len(listed["datasets"])) == (2, 1)
    assert "seconds" in answer(server, "describe_dataset", name="spikes.times.npy")["description"]
    shown = answer(server, "preview_dataset", session=SESSION, dataset="alf/probe01/spikes.times.npy", rows=2)
    assert (shown["shape"], shown["head"]) == ([30], "[1. 2.]")


def test_a_preview_stays_small_whatever_is_asked(place, server):
    path = place / "mylab/Subjects" / SESSION / "alf/probe01/spikes.times.npy"
    np.save(path, np.random.default_rng(0).random((30, 5000)))
    with np.printoptions(threshold=sys.maxsize):
        said = ask(server, "preview_dataset", session=SESSION, dataset="alf/probe01/spikes.times.npy", rows=10**6)
    assert len(said.content[0].text) < 4000


@pytest.mark.parametrize(
    ("tool", "arguments", "word"),
    [
        ("get_session", {"session": "nobody/2020-01-01/001"}, "nobody"),
        ("search_sessions", {"date_from": "yesterday"}, "yesterday"),
        ("describe_dataset", {"name": "trials.nothing"}, "trials.table"),
        ("preview_dataset", {"session": SESSION, "dataset": "a.b"}, "a.b"),
    ],
)
def test_errors_say_what_to_do(server, tool, arguments, word):
    said = ask(server, tool, **arguments)
    assert said.is_error
    assert word in said.content[0].text
    assert "Traceback" not in said.content[0].text


def test_the_command_serves_over_standard_input_and_output(place):
    words = ["-m", "bregma", "mcp", "--from", str(place)]
    server = StdioServerParameters(command=sys.executable, args=words)
    assert answer(server, "search_sessions", subject="KS014")["total"] == 2
