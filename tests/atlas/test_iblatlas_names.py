"""The page of differences names every public name of iblatlas, and only what there is in the house."""

import re
from pathlib import Path

import pytest

from bregma import atlas, plots

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "atlas" / "differences.md").read_text()

NAMES = {
    "atlas": """ALLEN_CCF_LANDMARKS_MLAPDV_UM PAXINOS_CCF_LANDMARKS_MLAPDV_UM S3_BUCKET_IBL cart2sph sph2cart
        tilt_spherical rodrigues_rotation get_bc BrainCoordinates x2i y2i z2i xyz2i i2x i2y i2z i2xyz nxyz
        dxyz xlim ylim zlim lim xscale yscale zscale mgrid BrainAtlas mask compute_surface get_labels slice
        tilted_slice extent compute_boundaries plot_slices plot_cslice plot_hslice plot_sslice
        plot_tilted_slice plot_top AllenAtlas xyz2ccf ccf2xyz compute_regions_volume NeedlesAtlas
        MRITorontoAtlas FranklinPaxinosAtlas Trajectory fit eval_x eval_y eval_z project mindist exit_points
        Insertion from_track from_dict trajectory xyz entry tip get_brain_entry get_brain_exit""",
    "regions": """BrainRegions FranklinPaxinosRegions regions_from_allen_csv FILE_MAPPINGS ALLEN_FILE_REGIONS
        FRANKLIN_FILE_REGIONS to_df rgba hexcolor get subtree descendants ancestors leaves acronym2acronym
        acronym2id acronym2index id2acronym id2id id2index index2acronym index2id parse_acronyms_argument
        compute_hierarchy propagate_down remap""",
    "plots": """plot_polygon plot_polygon_with_hole coords_for_poly_hole prepare_lr_data reorder_data
        load_slice_files plot_scalar_on_slice plot_scalar_on_flatmap plot_volume_on_slice
        plot_points_on_slice compute_volume_from_points plot_scalar_on_barplot plot_swanson_vector
        plot_swanson annotate_swanson""",
    "flatmaps": "FlatMap plot_flatmap extent_flmap circles swanson swanson_json",
    "streamlines.utils": "xyz_to_depth get_mask validate_aggr project_volume_onto_flatmap project_points_onto_flatmap",
    "connectivity.mesoscale": "FILENAMES CURRENT_VERSION OLD_VERSIONS load load_hierarchy",
    "genomics.agea": "DIM_EXP load load_atlas",
    "genomics.lipids": "load_volume",
    "genomics.merfish": "NON_NEURONAL_CLASSES TAXONOMY load is_non_neuronal denoise_volume load_volume int2rgb",
    "gui.atlasview": "TopView SliceView PgImageController ControllerTopView SliceController ImageLayer view main",
    "gui.braintree": "BrainTree",
}
"""What a module of iblatlas 1.3 defines, and what its classes do; of its windows, the classes alone."""


@pytest.mark.parametrize("module", NAMES)
def test_every_name_of_iblatlas_is_told(module: str) -> None:
    told = {word for words in re.findall(r"`([^`]+)`", PAGE) for word in re.findall(r"\w+", words)}
    assert [name for name in NAMES[module].split() if name not in told] == []


def test_what_the_page_links_to_is_there() -> None:
    ours = set(re.findall(r"\{py:obj\}`\.(\w+)`", PAGE))
    drawn = set(re.findall(r"\{py:obj\}`bregma\.plots\.(\w+)`", PAGE))
    assert len(ours) > 40
    assert ours - set(atlas.__all__) == set()
    assert drawn - set(plots.__all__) == set()


def test_methods_that_the_page_names_are_there() -> None:
    named = set(
        re.findall(r"`(Regions|Grid|Atlas|Plane|Slice|Trajectory|Insertion|FlatMap|CorticalDepth)\.(\w+)", PAGE)
    )
    fields = {(name, each) for name, each in named if each in getattr(atlas, name).__dataclass_fields__}
    assert len(named) > 40
    assert [each for each in named - fields if not hasattr(getattr(atlas, each[0]), each[1])] == []
