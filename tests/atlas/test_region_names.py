import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import RegionNotFound, Regions
from bregma.atlas.nicknames import NICKNAMES

ONCE = Regions.allen()
BOTH = ONCE.lateralised


@given(st.lists(st.integers(0, len(BOTH) - 1)))
def test_rows_identifiers_and_acronyms_lead_to_each_other(rows: list[int]) -> None:
    ids = BOTH.ids[rows]
    assert BOTH.rows(ids).tolist() == rows
    assert BOTH.rows(ids.tolist()).tolist() == rows
    assert BOTH.acronyms_of(ids).tolist() == [BOTH.acronyms[row] for row in rows]
    assert BOTH.rows(BOTH.acronym_array[rows]).tolist() == BOTH.structure_rows[rows].tolist()


@given(st.lists(st.integers(0, len(BOTH) - 1), min_size=1), st.randoms())
def test_a_mixture_is_read_like_its_parts(rows: list[int], random: Any) -> None:
    mixed = [int(BOTH.ids[row]) if random.random() < 0.5 else BOTH.acronyms[row] for row in rows]
    assert BOTH.rows(mixed).tolist() == [BOTH.row(each) for each in mixed]


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ("TH", 642),
        (549, 642),
        (np.int32(-549), 1969),
        (["TH", None, np.nan, -549, 549.0], [642, 0, 0, 1969, 642]),
        ([549.0, np.nan], [642, 0]),
        (np.array([["TH", "CP"]]), [[642, 574]]),
        (np.array(["TH", -549], dtype=object), [642, 1969]),
        (("TH", "CP"), [642, 574]),
        ({"TH": 1}.keys(), [642]),
        ([], []),
    ],
)
def test_regions_are_read_in_the_shape_they_are_given(regions: Any, expected: Any) -> None:
    found = BOTH.rows(regions)
    assert found.dtype == np.uint16
    assert found.tolist() == expected


def test_regions_of_a_data_frame_are_read() -> None:
    pandas = pytest.importorskip("pandas")
    assert BOTH.rows(pandas.Series(["TH", None, "CP"])).tolist() == [642, 0, 574]
    assert BOTH.rows(pandas.Series([549, -549])).tolist() == [642, 1969]


def test_all_can_be_put_on_one_side() -> None:
    assert BOTH.ids_of(["TH", 549, -549, None], hemisphere="left").tolist() == [-549, -549, -549, 0]
    assert BOTH.ids_of(["TH", 549, -549], hemisphere="right").tolist() == [549] * 3


@pytest.mark.parametrize(
    ("wrong", "suggested"),
    [
        ("ca1", "CA1"),
        ("SSp-bdf", "SSp-bfd"),
        ("Thalamus", "TH"),
        ("Thalmus", "TH"),
        ("hippocampl formation", "HPF"),
        ("VISP", "VISp"),
        (" CP ", "CP"),
        ("V1", "VISp"),
        ("hippocampus", "HIP"),
        ("Barrel cortex", "SSp-bfd"),
    ],
)
def test_unknown_region_is_refused_with_a_suggestion(wrong: str, suggested: str) -> None:
    for table in (ONCE, BOTH):
        with pytest.raises(
            RegionNotFound, match=rf"no region '{re.escape(wrong)}'.*did you mean (\S* .* )?{suggested} \("
        ):
            table.row(wrong)
        with pytest.raises(RegionNotFound, match=rf"{suggested} \("):
            table.rows([wrong, "CP"])


def test_what_is_like_nothing_is_refused_with_the_way_to_search() -> None:
    with pytest.raises(RegionNotFound, match=r"'qqqqqqq'.*try Regions\.search"):
        ONCE.row("qqqqqqq")


def test_unknown_identifiers_are_named() -> None:
    with pytest.raises(RegionNotFound, match="no region 5 among the 1327"):
        ONCE.rows([997, 5])
    with pytest.raises(RegionNotFound, match="3 of the regions are unknown to this atlas: 5, 13, 1000000000000;"):
        ONCE.rows(np.array([997, 5, 13, 5, 10**12]))


@pytest.mark.parametrize("broken", [5.5, np.inf, -np.inf])
def test_identifiers_are_whole_numbers(broken: float) -> None:
    with pytest.raises(RegionNotFound, match=re.escape(f"whole numbers; this is {broken}")):
        ONCE.rows([549.0, broken])


def test_the_acronym_comes_first_then_the_name_then_beginnings() -> None:
    assert ONCE.search("th")[0] == "TH"
    assert ONCE.search("Thalamus")[0] == "TH"
    assert ONCE.search("visp")[:3] == ("VISp", "VISp1", "VISp2/3")
    assert ONCE.search("CA1")[0] == "CA1"
    assert ONCE.search("caudoputamen") == ("CP",)


def test_what_the_field_calls_a_region_is_found() -> None:
    for nickname, acronyms in NICKNAMES.items():
        assert set(acronyms) <= set(ONCE.search(nickname)) & set(ONCE.acronyms)
    assert ONCE.search("V1")[0] == "VISp"
    assert ONCE.search("amygdala")[:2] == ("BLA", "CEA")


def test_a_nickname_is_the_name_of_no_other_region() -> None:
    taken = {text.casefold() for text in (*ONCE.acronyms, *ONCE.names)}
    assert not taken & set(NICKNAMES)


def test_words_are_found_in_any_order() -> None:
    assert ONCE.search("layer 5 primary visual") == ("VISp5",)
    assert ONCE.search("barrel somatosens") == ONCE.search("somatosens barrel")
    assert "SSp-bfd" in ONCE.search("barrel somatosens")


def test_each_region_is_found_once_by_its_acronym_and_name() -> None:
    for table in (ONCE, BOTH):
        for acronym, name in [
            ("SSp-bfd", "Primary somatosensory area barrel field"),
            ("MRN", "Midbrain reticular nucleus"),
        ]:
            assert table.search(acronym.lower())[0] == acronym
            assert table.search(name)[0] == acronym
            assert len(set(table.search(name[:4]))) == len(table.search(name[:4]))


@pytest.mark.parametrize("nothing", ["", "  ", "qqqqq"])
def test_nothing_finds_nothing(nothing: str) -> None:
    assert ONCE.search(nothing) == ()
