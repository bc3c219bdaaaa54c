"""Range requests and waiting times."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.store import Range, RangeNotSatisfiable, Retry, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Range(0, 1, 10)),
        ("bytes=0-", Range(0, 10, 10)),
        ("bytes=3-5", Range(3, 6, 10)),
        ("bytes=3-500", Range(3, 10, 10)),
        ("bytes=-3", Range(7, 10, 10)),
        ("bytes=-300", Range(0, 10, 10)),
        ("Bytes = 3 - 5", Range(3, 6, 10)),
    ],
)
def test_ranges_are_read_as_the_standard_says(header, expected):
    assert parse_range(header, 10) == expected


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes=", "bytes=-", "items=0-1", "bytes=0-1,3-4", "bytes=5-3", "x", "bytes=٣-", f"bytes={'9' * 5000}-"],
)
def test_what_a_server_may_ignore_gives_the_whole_file(header):
    assert parse_range(header, 10) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=99-100", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_a_range_outside_the_file_cannot_be_satisfied(header, size):
    with pytest.raises(RangeNotSatisfiable, match=f"{size} bytes"):
        parse_range(header, size)


@settings(deadline=None)
@given(size=st.integers(1, 1000), first=st.integers(0, 1200), last=st.integers(0, 1200))
def test_a_range_never_leaves_the_file(size, first, last):
    try:
        found = parse_range(f"bytes={first}-{last}", size)
    except RangeNotSatisfiable:
        assert first >= size
        return
    if found is None:
        assert last < first
    else:
        assert (found.start, found.stop) == (first, min(last + 1, size))
        assert found.content_range == f"bytes {first}-{min(last, size - 1)}/{size}"
        assert len(found) == found.stop - found.start


def test_a_policy_waits_as_the_server_asks_but_not_for_ever(waits):
    policy = Retry(longest=60, sleep=waits.append)
    policy.wait(1, "5")
    policy.wait(1, "100000")
    policy.wait(1, format_datetime(datetime.now(UTC) + timedelta(seconds=30)))
    policy.wait(1, format_datetime(datetime.now(UTC) - timedelta(days=1)))
    assert waits[0] == 5
    assert waits[1] == 60
    assert 25 < waits[2] <= 30
    assert waits[3] == 0


@pytest.mark.parametrize("nonsense", [None, "", "soon", "-5"])
def test_without_a_sensible_wish_the_wait_doubles(waits, nonsense):
    policy = Retry(sleep=waits.append)
    for attempt in (1, 2, 3):
        policy.wait(attempt, nonsense)
    assert 0.375 <= waits[0] <= 0.625
    assert 1.5 <= waits[2] <= 2.5
