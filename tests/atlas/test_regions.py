import numpy as np
import pytest

from bregma.atlas import RegionNotFound, Regions


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.allen()


@pytest.fixture(scope="module")
def both() -> Regions:
    return Regions.allen().lateralised


def acronyms(regions: Regions, rows: np.ndarray) -> set[str]:
    return set(regions.acronym_array[rows].tolist())


def test_the_table_has_void_and_1327_structures(regions: Regions) -> None:
    assert len(regions) == 1328
    assert regions.acronyms[:2] == ("void", "root")


def test_a_table_says_what_it_holds(regions: Regions, both: Regions) -> None:
    assert repr(regions) == "<Regions: 1327 structures>"
    assert repr(both) == "<Regions: 1327 structures, right and left>"


def test_acronyms_and_identifiers_are_unique(regions: Regions) -> None:
    assert len(set(regions.acronyms)) == len(set(regions.ids.tolist())) == len(regions)


@pytest.mark.parametrize("lateralised", [False, True])
def test_every_region_comes_after_its_parent(regions: Regions, lateralised: bool) -> None:
    table = regions.lateralised if lateralised else regions
    below = np.flatnonzero(table.levels > 0)
    assert np.all(table.parents[below] < below)
    assert np.all(table.levels[below] == table.levels[table.parents[below]] + 1)


@pytest.mark.parametrize(("acronym", "identifier", "rgb"), [("TH", 549, (255, 112, 128)), ("CP", 672, (152, 214, 249))])
def test_a_region_keeps_its_identifier_and_colour(
    regions: Regions, acronym: str, identifier: int, rgb: tuple[int, int, int]
) -> None:
    row = regions.row(acronym)
    assert regions.row(identifier) == row
    assert tuple(regions.rgb[row]) == rgb
    assert bytes.fromhex(regions.hex_colours[row][1:]) == bytes(rgb)


def test_the_lateralised_table_is_void_then_right_then_left(both: Regions) -> None:
    assert len(both) == 2655
    assert both.sides.tolist() == [0, *[1] * 1327, *[-1] * 1327]
    assert both.ids[1:1328].tolist() == (-both.ids[1328:]).tolist()
    assert both.acronyms[1:1328] == both.acronyms[1328:]
    assert both.names[1:1328] == both.names[1328:]


def test_the_two_tables_lead_to_each_other(regions: Regions, both: Regions) -> None:
    assert both.structures.acronyms == regions.acronyms
    assert both.lateralised is both
    assert regions.structures is regions
    assert regions.acronym_array[both.structure_rows].tolist() == list(both.acronyms)


def test_a_row_is_found_by_side(both: Regions) -> None:
    right, left = both.row("TH"), both.row(-549)
    assert right == both.row(549) == both.row("TH", hemisphere="right") == both.row(-549, hemisphere="right")
    assert left == both.row("TH", hemisphere="left") == right + 1327
    assert both.row("void", hemisphere="left") == 0


def test_a_table_without_sides_has_no_left(regions: Regions) -> None:
    with pytest.raises(RegionNotFound, match="no left side; take its lateralised one"):
        regions.row("TH", hemisphere="left")
    with pytest.raises(RegionNotFound, match=r"-549.*take the lateralised table"):
        regions.row(-549)


def test_a_hemisphere_is_left_or_right(both: Regions) -> None:
    with pytest.raises(ValueError, match="not 'Left'"):
        both.row("TH", hemisphere="Left")  # type: ignore[arg-type]


def test_ancestors_lead_to_the_root(regions: Regions) -> None:
    assert regions.ancestors("CA1") == ("CA", "HIP", "HPF", "CTXpl", "CTX", "CH", "grey", "root")
    assert regions.ancestors("root") == ()


def test_the_lineage_stays_on_its_side(both: Regions) -> None:
    lineage = both.lineage(-382)
    assert (both.sides[lineage] == -1).all()
    assert both.acronym_array[lineage].tolist() == ["root", *both.ancestors(-382)[-2::-1], "CA1"]


def test_descendants_are_the_regions_below(regions: Regions) -> None:
    inside = acronyms(regions, regions.descendants("TH"))
    assert {"TH", "VPM", "LGd-co"} <= inside
    assert "HY" not in inside
    assert inside == {acronym for acronym in regions.acronyms if acronym == "TH" or "TH" in regions.ancestors(acronym)}


def test_descendants_are_on_both_sides_or_on_one(both: Regions) -> None:
    right, left = both.descendants("TH", hemisphere="right"), both.descendants(-549)
    assert set(both.sides[right]) == {1}
    assert left.tolist() == (right + 1327).tolist() == both.descendants("TH", hemisphere="left").tolist()
    assert both.descendants("TH").tolist() == both.descendants(549).tolist() == [*right, *left]


def test_descendants_of_several_regions_are_taken_together(both: Regions) -> None:
    wanted = set(both.descendants("TH")) | set(both.descendants(-1097))
    assert set(both.descendants(["TH", -1097])) == wanted


def test_children_are_one_level_below(regions: Regions) -> None:
    assert acronyms(regions, regions.children("CA")) == {"CA1", "CA2", "CA3"}
    assert regions.children("VISp1").size == 0
    assert acronyms(regions, regions.children("root")) == {"grey", "fiber tracts", "VS", "grv", "retina"}


def test_a_subtree_holds_what_is_above_and_below(both: Regions) -> None:
    rows = both.subtree(-382)
    assert set(rows) == set(both.lineage(-382)) | set(both.descendants(-382))


def test_leaves_are_the_regions_without_children(regions: Regions) -> None:
    leaves = set(regions.leaves.tolist())
    assert leaves == {row for row in range(1, len(regions)) if regions.children(regions.ids[row]).size == 0}


def test_the_table_can_be_had_by_columns(both: Regions) -> None:
    frame = both.to_pandas()
    assert len(frame) == 2655
    left = frame[(frame.acronym == "TH") & (frame.side < 0)].iloc[0]
    assert (left.id, left.parent, left.level, left.hex_colour) == (-549, -1129, 4, "#ff7080")
