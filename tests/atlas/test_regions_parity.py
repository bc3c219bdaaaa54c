"""The region table beside the reference's: every identifier, row and mapping, and walks of the tree."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.atlas import Regions, propagate_down, read_franklin_paxinos

pytestmark = pytest.mark.peer

NAMES = ("Allen", "Beryl", "Cosmos", "Swanson")
OPEN = "from iblatlas.regions import BrainRegions\nimport numpy as np\nbr = BrainRegions()\n"


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.allen().lateralised


@pytest.fixture(scope="module")
def theirs(reference: Reference) -> Any:
    return reference(
        OPEN
        + "result = dict(id=br.id, acronym=list(br.acronym), name=list(br.name), rgb=np.array(br.rgb), level=br.level,"
        + " parent=br.parent, hexcolor=list(br.hexcolor), rgba=np.array(br.rgba), mappings=dict(br.mappings))"
    )


def test_every_row_holds_the_same_region(regions: Regions, theirs: Any) -> None:
    np.testing.assert_array_equal(regions.ids, theirs["id"])
    np.testing.assert_array_equal(regions.levels, theirs["level"])
    np.testing.assert_array_equal(regions.rgb, theirs["rgb"])
    np.testing.assert_array_equal(regions.rgba, theirs["rgba"])
    assert list(regions.acronyms) == theirs["acronym"]
    assert list(regions.names) == [name.removesuffix(" (left)") for name in theirs["name"]]
    assert list(regions.hex_colours) == theirs["hexcolor"]


def test_every_region_has_the_same_parent(regions: Regions, theirs: Any) -> None:
    has_parent = ~np.isnan(theirs["parent"])
    np.testing.assert_array_equal(regions.ids[regions.parents][has_parent], theirs["parent"][has_parent])
    np.testing.assert_array_equal(regions.parents[~has_parent], np.flatnonzero(~has_parent))


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}-lr" for name in NAMES)])
def test_every_row_of_every_mapping_is_the_same(regions: Regions, theirs: Any, name: str) -> None:
    np.testing.assert_array_equal(regions.mapping(name), theirs["mappings"][name])


@pytest.mark.parametrize("name", NAMES)
def test_every_identifier_is_remapped_alike(regions: Regions, reference: Reference, name: str) -> None:
    expected = reference(OPEN + "result = br.id2id(br.id, mapping=name)", name=name)
    np.testing.assert_array_equal(regions.remap(regions.ids, name), expected)
    once = regions.structures.ids  # the reference's remap leaves out negative identifiers without a word
    expected = reference(OPEN + "result = br.remap(ids, target_map=name)", name=name, ids=once)
    np.testing.assert_array_equal(regions.remap(once, name), expected)
    expected = reference(OPEN + "result = list(br.acronym2acronym(br.acronym, mapping=name))", name=name)
    assert regions.acronyms_of(regions.acronyms, mapping=name).tolist() == expected


@pytest.mark.parametrize("lateralised", [False, True])
def test_a_mapping_of_ones_own_is_the_same(regions: Regions, reference: Reference, lateralised: bool) -> None:
    chosen = [549, 315, 385, 672, 1009, 382]
    code = OPEN + "result = br._mapping_from_regions_list(np.array(chosen), lateralize=lateralised)"
    expected = reference(code, chosen=chosen, lateralised=lateralised)
    np.testing.assert_array_equal(regions.mapping(chosen, lateralised=lateralised), expected)


def test_the_tree_is_walked_alike(regions: Regions, reference: Reference) -> None:
    code = OPEN + (
        "result = [dict(down=br.descendants(i).id, up=br.ancestors(i).id, both=br.subtree(i).id) for i in ids]\n"
        "result.append(br.leaves().id)"
    )
    ids = [549, -549, 382, -315, 997, 1009]
    *walks, leaves = reference(code, ids=ids)
    for identifier, walk in zip(ids, walks, strict=True):
        side = "left" if identifier < 0 else "right"
        assert set(regions.ids[regions.descendants(identifier, hemisphere=side)]) == set(walk["down"])
        assert set(regions.ids[regions.lineage(identifier)]) == set(walk["up"])
        assert set(regions.ids[regions.subtree(identifier)]) == set(walk["both"])
    assert set(regions.ids[regions.leaves]) == set(leaves) - {0}


def test_acronyms_have_the_same_identifiers_on_each_side(regions: Regions, reference: Reference) -> None:
    code = OPEN + "result = br.acronym2id(np.array(given), mapping='Beryl-lr', hemisphere=side)"
    given = ["CA1", "VISp5", "VPM", "onl", "root"]
    for side in ("left", "right"):
        expected = reference(code, given=given, side=side)
        ours = regions.ids_of(given, mapping="Beryl-lr", hemisphere=side)
        np.testing.assert_array_equal(ours, expected)


def test_values_of_separate_regions_go_down_alike(regions: Regions, reference: Reference) -> None:
    given, values = ["TH", "CA", "VISp", "CP"], [1.0, 2.0, 3.0, np.nan]
    code = OPEN + "result = br.propagate_down(np.array(given), np.array(values))"
    rows, expected = reference(code, given=given, values=values)
    ours = propagate_down(values, given)
    np.testing.assert_array_equal(ours[rows], expected)
    assert set(np.flatnonzero(~np.isnan(ours[:1328]))) == set(rows[~np.isnan(expected)])


def test_franklin_and_paxinos_have_the_same_structures(reference: Reference, shared_data: Path) -> None:
    regions = read_franklin_paxinos(
        shared_data / "allen_atlas_tables" / "franklin_paxinos_structure_tree.csv"
    ).lateralised
    code = "from iblatlas.regions import FranklinPaxinosRegions as R\nbr = R()\n" + (
        "result = dict(id=br.id, parent=br.parent, rgb=br.rgb, acronym=list(map(str, br.acronym)))"
    )
    theirs = reference(code)
    rows = regions.rows(theirs["id"])  # two of theirs come before their parents, and eight acronyms come twice
    assert np.array_equal(np.sort(rows), np.arange(len(regions)))
    np.testing.assert_array_equal(regions.rgb[rows], theirs["rgb"])
    has_parent = ~np.isnan(theirs["parent"])
    np.testing.assert_array_equal(regions.ids[regions.parents[rows]][has_parent], theirs["parent"][has_parent])
    acronyms = np.char.strip(theirs["acronym"])
    assert np.count_nonzero(regions.acronym_array[rows] != acronyms) == 2 * 8
