import numpy as np
import pytest

from bregma.atlas import RegionNotFound, Regions


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.allen()


def test_the_table_has_void_and_1327_structures(regions: Regions) -> None:
    assert len(regions) == 1328
    assert regions.acronyms[:2] == ("void", "root")


def test_acronyms_and_identifiers_are_unique(regions: Regions) -> None:
    assert len(set(regions.acronyms)) == len(set(regions.ids.tolist())) == len(regions)


def test_every_region_comes_after_its_parent(regions: Regions) -> None:
    assert np.all(regions.parents[2:] < np.arange(2, len(regions)))


@pytest.mark.parametrize(("acronym", "identifier", "rgb"), [("TH", 549, (255, 112, 128)), ("CP", 672, (152, 214, 249))])
def test_a_region_keeps_its_identifier_and_colour(
    regions: Regions, acronym: str, identifier: int, rgb: tuple[int, int, int]
) -> None:
    row = regions.row(acronym)
    assert regions.row(identifier) == row
    assert tuple(regions.rgb[row]) == rgb


def test_ancestors_lead_to_the_root(regions: Regions) -> None:
    assert regions.ancestors("CA1") == ("CA", "HIP", "HPF", "CTXpl", "CTX", "CH", "grey", "root")


def test_descendants_are_the_regions_below(regions: Regions) -> None:
    inside = {regions.acronyms[row] for row in regions.descendants("TH")}
    assert {"TH", "VPM", "LGd-co"} <= inside
    assert "HY" not in inside
    assert inside == {acronym for acronym in regions.acronyms if acronym == "TH" or "TH" in regions.ancestors(acronym)}


@pytest.mark.parametrize(("wrong", "suggested"), [("ca1", "CA1"), ("SSp-bdf", "SSp-bfd"), ("Thalamus", "TH")])
def test_unknown_region_is_refused_with_a_suggestion(regions: Regions, wrong: str, suggested: str) -> None:
    with pytest.raises(RegionNotFound, match=rf"no region '{wrong}'.*did you mean .*\b{suggested}\b"):
        regions.row(wrong)


def test_unknown_identifiers_are_named(regions: Regions) -> None:
    with pytest.raises(RegionNotFound, match="no region 5 among the 1327"):
        regions.rows([997, 5])


def test_search_finds_names_and_acronyms(regions: Regions) -> None:
    assert "CP" in regions.search("caudoputamen")
    assert "SSp-bfd" in regions.search("SSP-BFD")
