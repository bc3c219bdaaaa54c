"""What stands where on the page of a scene. Vuetify's components, served from their Python package."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Vuetify's own colours are for paper; these are those of the pictures.
_THEME = {
    "theme": {
        "defaultTheme": "night",
        "themes": {
            "night": {
                "dark": True,
                "colors": {"background": "#0e1116", "surface": "#171c24", "primary": "#7cc4ff", "error": "#ff8a80"},
            }
        },
    }
}
_STYLE = """
html { overflow: hidden; }
.stage { position: relative; height: 100%; }
.picture { position: absolute; inset: 0; touch-action: none; }
.dot { width: 12px; height: 12px; border-radius: 50%; flex: none; }
.credit, .phantom { position: absolute; left: 12px; right: 12px; pointer-events: none; }
.credit { bottom: 8px; font-size: 11px; color: #8b95a4; }
.phantom { top: 8px; font-size: 13px; color: #ffd180; }
"""


@dataclass(frozen=True)
class Actions:
    """What the controls do."""

    set_visible: Callable[[str, bool], None]
    set_opacity: Callable[[str, float], None]
    look_from: Callable[[str], None]
    add_region: Callable[[str | None], None]
    remove: Callable[[str], None]


def lay_out(server: Any, vtk_window: Any, actions: Actions) -> Callable[[], None]:
    """Build the page of a server; returns what pushes a new picture to the browsers.

    Parameters
    ----------
    server : trame server
        Whose page this is.
    vtk_window : vtkRenderWindow
        What is shown.
    actions : Actions
        What the controls do.
    """
    from trame.ui.vuetify3 import VAppLayout
    from trame.widgets import client, vuetify3

    # Each browser opens its drawer as its width asks for.
    server.state.client_only("drawer")
    with VAppLayout(server, vuetify_config=_THEME) as layout:
        client.Style(_STYLE)
        with vuetify3.VAppBar(density="compact", flat=True):
            vuetify3.VAppBarNavIcon(click="drawer = !drawer", raw_attrs=['aria-label="Layers and views"'])
            vuetify3.VAppBarTitle("{{ scene_title }}")
            vuetify3.VBtn(
                icon="mdi-image-filter-center-focus",
                click=(actions.look_from, "[view_name]"),
                raw_attrs=['aria-label="Put the brain back"'],
            )
        with vuetify3.VNavigationDrawer(v_model=("drawer",), width=320):
            _lay_out_views(actions)
            _lay_out_layers(actions)
            _lay_out_search(actions)
        with vuetify3.VMain(style="height: 100dvh;"):
            push = _lay_out_picture(vtk_window)
    layout.flush_content()
    return push


def _lay_out_views(actions: Actions) -> None:
    from trame.widgets import vuetify3

    vuetify3.VListSubheader("View from", classes="px-4")
    with vuetify3.VChipGroup(
        model_value=("view_name",),
        update_modelValue=(actions.look_from, "[$event || view_name]"),
        column=True,
        mandatory=True,
        classes="px-3",
    ):
        vuetify3.VChip("{{ view }}", v_for="view in view_names", key="view", value=("view",), size="small", filter=True)


def _lay_out_layers(actions: Actions) -> None:
    from trame.widgets import html, vuetify3

    vuetify3.VListSubheader("Layers", classes="px-4")
    with html.Div(v_for="layer in layers", key="layer.name", classes="px-4 pb-1"):
        with html.Div(classes="d-flex align-center", style="gap: 10px;"):
            html.Span(classes="dot", style=("{ background: layer.colour }",))
            with html.Div(classes="flex-grow-1", style="min-width: 0;"):
                html.Div("{{ layer.name }}", classes="text-body-2")
                html.Div("{{ layer.words }}", classes="text-caption text-medium-emphasis text-truncate")
            vuetify3.VBtn(
                v_if=("layer.removable",),
                icon="mdi-close",
                size="x-small",
                variant="text",
                click=(actions.remove, "[layer.name]"),
                raw_attrs=[":aria-label=\"'Remove ' + layer.name\""],
            )
            vuetify3.VSwitch(
                model_value=("layer.visible",),
                update_modelValue=(actions.set_visible, "[layer.name, $event]"),
                color="primary",
                density="compact",
                hide_details=True,
                classes="flex-grow-0",
                raw_attrs=[":aria-label=\"'Show ' + layer.name\""],
            )
        vuetify3.VSlider(
            model_value=("layer.opacity",),
            end=(actions.set_opacity, "[layer.name, $event]"),
            min=0,
            max=1,
            step=0.01,
            disabled=("!layer.visible",),
            density="compact",
            hide_details=True,
            color="primary",
            raw_attrs=[":aria-label=\"'Opacity of ' + layer.name\""],
        )


def _lay_out_search(actions: Actions) -> None:
    from trame.widgets import vuetify3

    vuetify3.VAutocomplete(
        v_if=("region_choices.length",),
        model_value=("region_choice",),
        update_modelValue=(actions.add_region, "[$event]"),
        items=("region_choices",),
        label="Add a region",
        error_messages=("problem",),
        density="compact",
        variant="outlined",
        clearable=True,
        classes="px-4 pt-3",
    )


def _lay_out_picture(vtk_window: Any) -> Callable[[], None]:
    from trame.widgets import html, vtk

    with html.Div(classes="stage"):
        with html.Div(classes="picture"):
            picture = vtk.VtkRemoteView(
                vtk_window, interactive_ratio=0.5, interactive_quality=60, still_quality=92, style="height: 100%;"
            )
        html.Div("{{ atlas_name }}", v_if=("is_phantom",), classes="phantom")
        html.Div("{{ scene_credit }}", classes="credit")
    push: Callable[[], None] = picture.update
    return push
