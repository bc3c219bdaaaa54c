"""The page of differences names what IBL Viewer can do, and only what there is in the house."""

import re
from pathlib import Path

import pytest

from bregma import atlas, viewer

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "viewer" / "differences.md").read_text()

VERBS = {
    "atlas": """MouseBrainViewer initialize add_atlas_segmentation add_atlas_dwi find_region get_region_names
        assign_scalars add_origin load_bounding_mesh""",
    "objects": """add_points add_spheres add_lines add_segments add_mesh add_surface_mesh add_volume add_text add_probe
        edit_probe remove_object register_object get_object_names select_object_by_name Lines Spheres""",
    "volume": """set_opacity set_alpha_map set_color_map enable_shading disable_shading toggle_hollow isosurface
        mirror_volume remap_slow guess_volume_type set_interactive_subsampling transpose""",
    "slices": """update_slicer set_slices_visibility set_slices_opacity clip_to_bounds set_volume_clipping
        set_clipping_planes add_box_widget toggle_box_widget toggle_global_slicer toggle_slices""",
    "time": """set_time_series next_time_series previous_time_series play_time_series handle_timer playback_speed
        animation_callback""",
    "looking": """set_left_view set_right_view set_anterior_view set_posterior_view set_dorsal_view set_ventral_view
        set_camera view_selected toggle_autofocus toggle_orthographic_view set_dark_mode plot_window_id""",
    "selecting": """select pick raycast depth_picking selection_changed sub_selection_changed objects_changed
        initialized draw_outline draw_color_bar toggle_marker toggle_info toggle_pickable handle_key_press""",
    "files": "render export_image export_turntable_video",
    "windows": """show launch IBLViewer ViewerApp ViewerWindow stats_callable MplCanvas set_menu_context add_button
        add_slider jupyter""",
    "examples": """iblviewer-points-demo iblviewer-probes-demo iblviewer-coverage-demo iblviewer-volume-mapping-demo
        iblviewer-brain-wide-map iblviewer-human-brain-demo iblviewer-headless-render-demo""",
}
"""What a script of IBL Viewer 2.4.7 calls, by what it is for."""


@pytest.mark.parametrize("subject", VERBS)
def test_every_verb_of_iblviewer_is_told(subject: str) -> None:
    told = {word for words in re.findall(r"`([^`]+)`", PAGE) for word in re.findall(r"[\w-]+", words)}
    assert [verb for verb in VERBS[subject].split() if verb not in told] == []


def test_what_the_page_links_to_is_there() -> None:
    ours = set(re.findall(r"\{py:obj\}`\.(\w+)`", PAGE))
    verbs = set(re.findall(r"\{py:meth\}`\.Scene\.(\w+)`", PAGE))
    assert len(verbs) > 20
    assert ours - {*viewer.__all__, *atlas.__all__} == set()
    assert [verb for verb in verbs if not hasattr(viewer.Scene, verb)] == []
