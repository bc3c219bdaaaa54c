import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import MappingNotFound, RegionNotFound, Regions

ONCE = Regions.allen()
BOTH = ONCE.lateralised
ROOT = 1


def nearest_by_hand(acronym: str, listed: set[str]) -> str:
    above = (acronym, *ONCE.ancestors(acronym))
    return "void" if acronym == "void" else next((each for each in above if each in listed), "root")


@pytest.mark.parametrize(
    ("name", "n_once", "n_both"),
    [("Allen", 1328, 2655), ("Beryl", 308, 614), ("Cosmos", 12, 22), ("Swanson", 323, 645)],
)
def test_mappings_have_the_published_numbers_of_regions(name: str, n_once: int, n_both: int) -> None:
    assert np.unique(ONCE.mapping(name)).size == np.unique(BOTH.mapping(name)).size == n_once
    assert np.unique(BOTH.mapping(f"{name}-lr")).size == n_both


@pytest.mark.parametrize(("name", "expected"), [("Beryl", "SSp-bfd"), ("Cosmos", "Isocortex"), ("Allen", "SSp-bfd5")])
def test_a_layer_belongs_to_its_area(name: str, expected: str) -> None:
    assert BOTH.acronyms_of("SSp-bfd5", mapping=name) == expected
    assert ONCE.acronyms_of("SSp-bfd5", mapping=name) == expected


def test_the_sides_meet_unless_they_are_kept_apart() -> None:
    assert BOTH.ids_of([-382, 382], mapping="Beryl").tolist() == [382, 382]
    assert BOTH.ids_of([-382, 382], mapping="Beryl-lr").tolist() == [-382, 382]
    np.testing.assert_array_equal(BOTH.mapping("Beryl", lateralised=True), BOTH.mapping("beryl-LR"))


@given(st.sets(st.sampled_from(ONCE.acronyms[1:]), max_size=30))
def test_regions_go_to_the_nearest_listed_one_above(listed: set[str]) -> None:
    mapped = ONCE.acronym_array[ONCE.mapping(sorted(listed))].tolist()
    assert mapped == [nearest_by_hand(acronym, listed) for acronym in ONCE.acronyms]


@given(st.sets(st.sampled_from(ONCE.acronyms[1:]), max_size=10))
def test_a_mapping_of_a_mapping_changes_nothing(listed: set[str]) -> None:
    for lateralised in (False, True):
        mapping = BOTH.mapping(sorted(listed), lateralised=lateralised)
        np.testing.assert_array_equal(mapping[mapping], mapping)


@given(st.sets(st.sampled_from(ONCE.acronyms[2:]), max_size=10))
def test_both_sides_are_mapped_alike(listed: set[str]) -> None:
    mapping = BOTH.mapping(sorted(listed), lateralised=True)
    right, left = mapping[1:1328].astype(int), mapping[1328:].astype(int)
    np.testing.assert_array_equal(left, np.where(right == ROOT, ROOT, right + 1327))
    np.testing.assert_array_equal(BOTH.mapping(sorted(listed))[:1328], ONCE.mapping(sorted(listed)))


def test_the_root_has_sides_when_it_is_listed() -> None:
    assert BOTH.ids_of(-672, mapping=BOTH.mapping(["root"], lateralised=True)) == -997
    assert BOTH.ids_of(-672, mapping=BOTH.mapping(["TH"], lateralised=True)) == 997


def test_regions_become_what_a_dict_says() -> None:
    mine = {"VISp": "VIS", "VISl": "VIS", 549: "BS", "fiber tracts": "void"}
    given_regions = ["VISp5", "VISl1", "VPM", "cc", "CP"]
    assert ONCE.acronyms_of(given_regions, mapping=mine).tolist() == ["VIS", "VIS", "BS", "void", "root"]


def test_a_mapping_that_was_made_is_taken_as_it_is() -> None:
    mapping = BOTH.mapping("Cosmos")
    assert BOTH.mapping(mapping) is mapping
    assert BOTH.remap([382], mapping).tolist() == [1089]
    with pytest.raises(MappingNotFound, match=r"a row for each of 1328 regions; this has shape \(2655,\)"):
        ONCE.mapping(mapping)


def test_a_mapping_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        BOTH.mapping("Beryl")[0] = 1


def test_unknown_mappings_are_refused_with_the_known_ones() -> None:
    with pytest.raises(MappingNotFound, match=r"no mapping 'bery'.*Beryl\[-lr\], Cosmos"):
        ONCE.mapping("Bery")
    with pytest.raises(RegionNotFound, match="TH "):
        ONCE.mapping(["Thalmus"])


def test_a_table_of_other_regions_has_its_structures_and_no_other_mapping_by_name() -> None:
    plain = Regions(ONCE.ids, ONCE.acronyms, ONCE.names, ONCE.parents, ONCE.rgb)
    with pytest.raises(MappingNotFound, match=r"has Allen\[-lr\], or"):
        plain.mapping("Beryl")
    assert plain.mapping("Allen").tolist() == list(range(len(plain)))
    assert plain.acronyms_of("VPM", mapping=["TH"]) == "TH"


def test_remapping_turns_nan_to_void() -> None:
    assert BOTH.remap([np.nan, 382.0], "Cosmos").tolist() == [0, 1089]
