"""What stands where on the page of a scene. Vuetify's components, served from their Python package."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bregma.viewer.scene.player import SPEEDS
from bregma.viewer.web.panels import lay_out_panels

if TYPE_CHECKING:
    from bregma.viewer.web.page import Page

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
.stage { position: relative; flex: 1; min-height: 0; }
.stage:focus-visible { outline: 2px solid #7cc4ff; outline-offset: -2px; }
.picture { position: absolute; inset: 0; touch-action: none; }
.picture::before { content: "Drawing the brain …"; position: absolute; inset: 45% 0 auto; text-align: center;
  color: #aab4c2; }
.picture > * { position: relative; }
.dot { width: 12px; height: 12px; border-radius: 50%; flex: none; }
.credit, .phantom { position: absolute; left: 12px; right: 12px; pointer-events: none; }
.credit { bottom: 8px; font-size: 11px; color: #aab4c2; }
.phantom { top: 8px; font-size: 13px; color: #ffd180; }
.told { position: absolute; left: 12px; bottom: 28px; max-width: calc(100% - 24px); padding: 4px 10px;
  border-radius: 6px; background: rgba(14, 17, 22, .85); font-size: 13px; }
.legend { position: absolute; right: 12px; top: 12px; width: 170px; pointer-events: none; font-size: 12px; }
.bar { margin-bottom: 10px; padding: 4px 8px; border-radius: 6px; background: rgba(14, 17, 22, .7); }
.ramp { height: 10px; border-radius: 2px; }
.problem { color: #ff8a80; }
.speed { padding: 2px 6px; border: 1px solid #3a4352; border-radius: 6px; background: #0e1116; color: inherit; }
.transport { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 4px 12px; background: #171c24; }
.track { position: relative; flex: 1; min-width: 60px; }
.track input { width: 100%; accent-color: #7cc4ff; }
.mark { position: absolute; top: -4px; width: 3px; height: 10px; border: 0; padding: 0; }
.swatch { width: 36px; height: 24px; background: none; border: 1px solid #64748b; }
"""


def lay_out(server: Any, vtk_window: Any, page: "Page") -> Callable[[], None]:
    """Build the page of a server; returns what pushes a new picture to the browsers.

    Parameters
    ----------
    server : trame server
        Whose page this is.
    vtk_window : vtkRenderWindow
        What is shown.
    page : Page
        What the controls do.
    """
    from trame.ui.vuetify3 import VAppLayout
    from trame.widgets import client, vuetify3

    # Each browser opens its drawer as its width asks for.
    server.state.client_only("drawer")
    with VAppLayout(server, vuetify_config=_THEME) as layout:
        client.Style(_STYLE)
        _lay_out_bar(page)
        with vuetify3.VNavigationDrawer(v_model=("drawer",), width=340):
            lay_out_panels(page)
        with vuetify3.VMain(style="height: 100dvh; display: flex; flex-direction: column;"):
            push = _lay_out_picture(vtk_window, page)
            _lay_out_time(page)
    layout.flush_content()
    return push


def _lay_out_bar(page: "Page") -> None:
    from trame.widgets import vuetify3

    with vuetify3.VAppBar(density="compact", flat=True):
        vuetify3.VAppBarNavIcon(click="drawer = !drawer", raw_attrs=['aria-label="Layers and views"'])
        vuetify3.VAppBarTitle("{{ scene_title }}")
        _button("mdi-undo", "Undo", page.undo, disabled="!can_undo")
        _button("mdi-redo", "Redo", page.redo, disabled="!can_redo")
        _button("mdi-view-grid-outline", "Three slices and the brain", page.split, "[viewports > 1 ? 'one' : 'four']")
        _button("mdi-image-filter-center-focus", "Put the brain back", page.look_from, "[view_name || 'oblique']")


def _button(icon: str, label: str, action: Callable[..., None], values: str = "[]", *, disabled: str = "false") -> None:
    from trame.widgets import vuetify3

    words = [f'aria-label="{label}"', f'title="{label}"']
    vuetify3.VBtn(icon=icon, click=(action, values), disabled=(disabled,), raw_attrs=words, size="small")


def _lay_out_picture(vtk_window: Any, page: "Page") -> Callable[[], None]:
    from trame.widgets import html, vtk

    words = [
        'tabindex="0"',
        'role="application"',
        ":aria-label=\"scene_title + ': turn by dragging, or with arrow keys'\"",
    ]
    with html.Div(
        classes="stage",
        raw_attrs=words,
        keydown=(page.press_key, "[$event.key, $event.shiftKey, $event.ctrlKey || $event.metaKey]"),
    ):
        with html.Div(classes="picture"):
            picture = vtk.VtkRemoteView(
                vtk_window, interactive_ratio=0.5, interactive_quality=60, still_quality=92, style="height: 100%;"
            )
        html.Div("{{ atlas_name }}", v_if=("is_phantom",), classes="phantom")
        with html.Div(classes="legend"), html.Div(v_for="bar in bars", key="bar.layer", classes="bar"):
            html.Div("{{ bar.label }}")
            html.Div(style=("{ background: bar.colour }",), classes="ramp")
            with html.Div(classes="d-flex justify-space-between"):
                html.Span("{{ bar.low }}")
                html.Span("{{ bar.high }}")
        with html.Div(classes="told", v_show=("selected || problem",), raw_attrs=['role="status"']):
            html.Div("{{ selected }}")
            html.Div("{{ problem }}", classes="problem")
        html.Div("{{ scene_credit }}", classes="credit")
    push: Callable[[], None] = picture.update
    return push


def _lay_out_time(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    with html.Div(classes="transport", v_if=("time.span",), raw_attrs=['role="group"', 'aria-label="Time"']):
        _button("mdi-skip-previous", "Step back", page.step, "[-1]")
        vuetify3.VBtn(
            icon=("time.playing ? 'mdi-pause' : 'mdi-play'",),
            click=page.toggle_play,
            size="small",
            raw_attrs=[":aria-label=\"time.playing ? 'Pause' : 'Play'\""],
        )
        _button("mdi-skip-next", "Step forward", page.step, "[1]")
        with html.Div(classes="track"):
            html.Input(
                type="range",
                min=("time.span[0]",),
                max=("time.span[1]",),
                step=("time.step",),
                value=("time.moment",),
                input=(page.seek, "[$event.target.value]"),
                raw_attrs=['aria-label="Moment"', ':aria-valuetext="time.words"'],
            )
            html.Button(
                v_for="mark in time.events",
                key="mark.time",
                classes="mark",
                style=("{ left: mark.place + '%', background: mark.colour }",),
                click=(page.seek, "[mark.time]"),
                raw_attrs=[':title="mark.label"', ':aria-label="mark.label"'],
            )
        with html.Select(
            change=(page.set_speed, "[$event.target.value]"),
            classes="speed",
            raw_attrs=[':value="time.speed"', 'aria-label="Speed"', 'title="Seconds of the recording in a second"'],
        ):
            for speed in SPEEDS:
                html.Option(f"× {speed:g}", value=f"{speed:g}")
        html.Span("{{ time.words }}", style="white-space: nowrap; font-variant-numeric: tabular-nums;")
