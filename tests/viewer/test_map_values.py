import numpy as np
import pandas as pd
import pytest

from bregma.atlas import InvalidValues, MappingNotFound, RegionNotFound, phantom_atlas
from bregma.viewer import AnnotationVolume, InvalidLayer, RegionSurface, Scene, Slice, Values
from bregma.viewer.scene.painting import Painting


def regions():
    return phantom_atlas().regions


def values_of(scene: Scene, layer: str = "Annotation") -> Values:
    found = scene.layer(layer).coloured_by
    assert found is not None
    return found


def test_a_region_and_all_inside_it_have_its_number_on_both_sides() -> None:
    scene = Scene(phantom_atlas()).add_annotation().map_values({"TH": 2.0, "CP": 5.0})
    data = values_of(scene).data
    for region, number in (("TH", 2.0), ("VPM", 2.0), ("CP", 5.0)):
        assert data[regions().row(region)] == number
        assert data[regions().row(region, hemisphere="left")] == number
    assert np.isnan(data[regions().row("MRN")])


def test_negative_identifiers_colour_the_left_alone() -> None:
    th = int(regions().ids[regions().row("TH")])
    data = values_of(Scene(phantom_atlas()).map_values([1.0, 2.0], [th, -th])).data
    assert data[regions().row("VPM")] == 1.0
    assert data[regions().row("VPM", hemisphere="left")] == 2.0


@pytest.mark.parametrize("mapping", ["Allen", "Beryl", "Cosmos"])
def test_the_number_of_the_root_is_not_that_of_regions_without_units(mapping: str) -> None:
    scene = Scene(phantom_atlas()).map_values([7.0, 1.0], ["root", "CP"], mapping=mapping)
    data = values_of(scene).data
    for side in ("left", "right"):
        assert data[regions().row("root", hemisphere=side)] == 7.0
        assert np.isnan(data[regions().row("MRN", hemisphere=side)])
    assert data[regions().row("fiber tracts")] == (7.0 if mapping != "Allen" else pytest.approx(np.nan, nan_ok=True))


def test_several_numbers_of_a_region_become_one() -> None:
    scene = Scene(phantom_atlas()).map_values([1.0, 2.0, 6.0], ["VPM", "MD", "VPM"], mapping="Cosmos")
    assert values_of(scene).data[regions().row("TH")] == 3.0
    scene.map_values([1.0, 2.0, 6.0], ["VPM", "MD", "VPM"], mapping="Cosmos", statistic="median")
    assert values_of(scene).data[regions().row("VPM")] == 2.0


@pytest.mark.parametrize("given", [pd.Series({"TH": 1.0, "CP": 2.0}), {"TH": 1.0, "CP": 2.0}], ids=["series", "dict"])
def test_numbers_come_as_a_dict_or_a_series(given: object) -> None:
    assert values_of(Scene(phantom_atlas()).map_values(given)).bounds == (1.0, 2.0)


def test_numbers_come_as_columns_of_a_table() -> None:
    table = pd.DataFrame({"acronym": ["TH", "CP"], "r2": [0.1, 0.4]})
    scene = Scene(phantom_atlas()).map_values(table["r2"], table["acronym"], label="R²", colormap="magma")
    assert values_of(scene).label == "R²"
    assert values_of(scene).data[regions().row("CP")] == 0.4


def test_numbers_change_with_time() -> None:
    scene = Scene(phantom_atlas()).map_values(np.array([[1.0, 10.0], [2.0, 20.0]]), ["TH", "CP"], times=[0.0, 1.0])
    assert values_of(scene).at(1.5)[regions().row("VPM")] == 2.0
    assert values_of(scene).at(0.5)[regions().row("CP")] == 10.0
    assert scene.span == (0.0, 1.0)


def test_every_layer_of_regions_is_coloured_on_one_scale_and_undone_at_once() -> None:
    scene = Scene(phantom_atlas()).add_annotation().slice("coronal").add_region("TH").add_points([[0, 0, 0]])
    scene.map_values({"VPM": 1.0, "TH": 3.0, "CP": 9.0})
    surface = values_of(scene, "TH")
    assert surface.data.tolist() == [3.0]
    assert surface.bounds == values_of(scene, "Coronal").bounds == (1.0, 9.0)
    assert scene.layer("Points").coloured_by is None
    scene.undo()
    assert all(layer.coloured_by is None for layer in scene.layers)


def test_the_left_surface_has_the_number_of_the_left() -> None:
    th = int(regions().ids[regions().row("TH")])
    scene = Scene(phantom_atlas()).add_region("TH", hemisphere="left").map_values([1.0, 2.0], [th, -th])
    surface = scene.layers[0]
    assert isinstance(surface, RegionSurface)
    assert values_of(scene, surface.name).data.tolist() == [2.0]


def test_only_the_named_layers_are_coloured() -> None:
    scene = Scene(phantom_atlas()).add_annotation().slice("coronal").map_values({"TH": 1.0}, layers=["Coronal"])
    assert scene.layer("Annotation").coloured_by is None
    assert values_of(scene, "Coronal").data[regions().row("TH")] == 1.0


@pytest.mark.parametrize(
    ("values", "where", "error", "words"),
    [
        ([1.0], None, InvalidLayer, "which regions"),
        ({}, None, InvalidLayer, "no values"),
        ([1.0, 2.0], ["TH"], InvalidLayer, "1 regions"),
        ({"TH": np.nan}, None, InvalidLayer, "all are NaN"),
        ({"void": 1.0}, None, InvalidLayer, "outside of the brain"),
        ({"Thal": 1.0}, None, RegionNotFound, "did you mean"),
    ],
)
def test_numbers_that_colour_nothing_are_refused(values: object, where: object, error: type, words: str) -> None:
    scene = Scene(phantom_atlas()).add_annotation()
    with pytest.raises(error, match=words):
        scene.map_values(values, where)
    assert scene.layer("Annotation").coloured_by is None


def test_an_unknown_mapping_or_statistic_is_refused() -> None:
    scene = Scene(phantom_atlas()).add_annotation()
    with pytest.raises(MappingNotFound, match="Beryl"):
        scene.map_values({"TH": 1.0}, mapping="Berly")
    with pytest.raises(InvalidValues, match="median"):
        scene.map_values({"TH": 1.0}, statistic="middle")


def test_a_layer_without_regions_is_not_coloured() -> None:
    scene = Scene(phantom_atlas()).add_points([[0, 0, 0]])
    with pytest.raises(InvalidLayer, match="shows no regions"):
        scene.map_values({"TH": 1.0}, layers=["Points"])


def test_a_coarser_mapping_shows_what_it_leaves_over_faintly() -> None:
    table = regions()
    painted = Painting(mapping="Cosmos", missing=0.25).paint(table)
    assert painted.share[table.row("CTXsp")] == 1.0
    assert painted.share[table.row("fiber tracts")] == 0.25
    assert painted.rgb[table.row("VPM")].tolist() == table.rgb[table.row("TH")].tolist()
    assert painted.share[0] == 0


def test_one_side_and_some_regions_are_shown() -> None:
    table = regions()
    share = Painting(shown=("TH",), hemisphere="left").paint(table).share
    assert share[table.row("VPM", hemisphere="left")] == 1
    assert share[table.row("VPM")] == 0
    assert share[table.row("CP", hemisphere="left")] == 0


def test_regions_without_a_number_are_as_faint_as_said() -> None:
    table = regions()
    numbers = np.full(len(table), np.nan)
    numbers[table.row("TH")] = 1.0
    painted = Painting(values=Values(data=numbers, missing=(1, 2, 3)), missing=0.5).paint(table)
    assert painted.share[[table.row("TH"), table.row("CP")]].tolist() == [1.0, 0.5]
    assert painted.rgb[table.row("CP")].tolist() == [1, 2, 3]


def test_a_layer_that_does_not_fit_the_atlas_is_refused_before_it_is_drawn() -> None:
    scene = Scene(phantom_atlas())
    with pytest.raises(InvalidLayer, match="map_values makes them"):
        scene.add(AnnotationVolume(values=Values(data=np.zeros(3))))
    with pytest.raises(MappingNotFound, match=r"(?i)berly"):
        scene.add_annotation(mapping="Berly")
    with pytest.raises(RegionNotFound, match="did you mean"):
        scene.add(AnnotationVolume(shown=("th",)))
    scene.add(Slice(name="Cut"))
    with pytest.raises(MappingNotFound):
        scene.update("Cut", mapping="Berly")
    assert [layer.name for layer in scene.layers] == ["Cut"]
