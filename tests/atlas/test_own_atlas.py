import numpy as np
import pytest

from bregma.atlas import InvalidAtlas, Placement, make_atlas, make_regions


def test_a_table_in_any_order_becomes_a_tree() -> None:
    regions = make_regions([30, 10, 20], ["leaf", "root", "branch"], parents=[20, None, 10])
    assert regions.acronyms == ("void", "root", "branch", "leaf")
    assert regions.parents.tolist() == [0, 1, 1, 2]
    assert len(np.unique(regions.rgb[1:], axis=0)) == 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ids": [1, 1]}, "identifier 1 stands twice"),
        ({"acronyms": ["a", "a"]}, "acronym 'a' stands twice"),
        ({"parents": [2, 1]}, "make no tree"),
        ({"parents": [None, 5]}, "part of 5, which is not in"),
        ({"names": ["one"]}, "do not go with"),
        ({"ids": [0, 1]}, "positive"),
    ],
)
def test_what_is_no_table_is_refused(changes: dict[str, object], told: str) -> None:
    columns: dict[str, object] = {"ids": [1, 2], "acronyms": ["a", "b"], "parents": [None, 1]}
    with pytest.raises(InvalidAtlas, match=told):
        make_regions(**(columns | changes))  # type: ignore[arg-type]


def test_an_atlas_of_arrays_has_its_middle_as_origin() -> None:
    ids = np.zeros((3, 5, 7), dtype=np.int32)
    ids[1, 2, 3] = 2
    atlas = make_atlas(ids, make_regions([1, 2], ["a", "b"], parents=[None, 1]), Placement(10.0), name="mine")
    assert atlas.acronyms_at([0.0, 0.0, 0.0]) == "b"
    assert atlas.acronyms_at([0.0, 0.0, 1e-5]) == "void"
    assert atlas.name == "mine"


def test_volumes_that_do_not_belong_together_are_refused() -> None:
    regions, ids = make_regions([1], ["a"]), np.ones((2, 3, 4), dtype=int)
    with pytest.raises(InvalidAtlas, match="template have shape"):
        make_atlas(ids, regions, Placement(10.0), template=np.zeros((2, 3)))
    with pytest.raises(InvalidAtlas, match="do not belong together"):
        make_atlas(ids * 9, regions, Placement(10.0))
    with pytest.raises(InvalidAtlas, match="volume of integers"):
        make_atlas(ids * 0.5, regions, Placement(10.0))
    with pytest.raises(InvalidAtlas, match="positive, in micrometres"):
        make_atlas(ids, regions, Placement(-1.0))
