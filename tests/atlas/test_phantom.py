import numpy as np
import pytest

from bregma.atlas import phantom_atlas


def test_the_phantom_says_that_it_is_no_brain() -> None:
    atlas = phantom_atlas()
    assert atlas.is_phantom
    assert "no brain" in atlas.name
    assert "Phantom" in atlas.credit


def test_the_phantom_is_bilateral() -> None:
    atlas = phantom_atlas()
    structures = atlas.regions.structure_rows[atlas.labels]
    np.testing.assert_array_equal(structures, structures[::-1])


def test_the_left_of_the_phantom_has_negative_identifiers() -> None:
    atlas = phantom_atlas()
    assert set(np.sign(atlas.regions.ids[atlas.labels[:32]]).ravel().tolist()) == {0, -1}
    assert set(np.sign(atlas.regions.ids[atlas.labels[32:]]).ravel().tolist()) == {0, 1}


@pytest.mark.parametrize(("acronym", "xyz_mm"), [("CP", (2.4, 0.9, -3.4)), ("VPM", (-1.2, -1.9, -4.1))])
def test_regions_are_where_they_are_painted(acronym: str, xyz_mm: tuple[float, float, float]) -> None:
    assert phantom_atlas().acronyms_at(np.array(xyz_mm) * 1e-3) == acronym


def test_a_parent_region_is_not_empty() -> None:
    assert phantom_atlas().mask("TH").sum() > 100


def test_the_phantom_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        phantom_atlas().labels[0, 0, 0] = 1


def test_a_size_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="not 4"):
        phantom_atlas(4)


def test_the_template_has_its_own_picture_and_cannot_be_written() -> None:
    atlas = phantom_atlas()
    assert atlas.template is not None
    np.testing.assert_array_equal(atlas.template > 0, atlas.labels > 0)
    assert atlas.template[atlas.mask("ccb")].mean() < atlas.template[atlas.mask("CA1")].mean()
    with pytest.raises(ValueError, match="read-only"):
        atlas.template[0, 0, 0] = 1
