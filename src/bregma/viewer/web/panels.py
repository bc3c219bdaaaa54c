"""The drawer beside the picture: views, layers, regions, what can be changed of a layer, and files."""

from typing import TYPE_CHECKING

from bregma.viewer.scene.stage import View
from bregma.viewer.web.downloads import KINDS

if TYPE_CHECKING:
    from bregma.viewer.web.page import Page

_QUIET = {"density": "compact", "hide_details": True}
_NAMED = [':aria-label="one.label"', ':title="one.tip"']
_SLICES = ("coronal", "sagittal", "horizontal")


def lay_out_panels(page: "Page") -> None:
    """Build all panels, one below the other."""
    _lay_out_views(page)
    _lay_out_layers(page)
    _lay_out_inspector(page)
    _lay_out_slices(page)
    _lay_out_regions(page)
    _lay_out_files()


def _heading(words: str) -> None:
    from trame.widgets import html

    html.H2(words, classes="px-4 pt-4 pb-1 text-subtitle-2 text-medium-emphasis")


def _lay_out_views(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    _heading("View from")
    with html.Div(classes="px-3 d-flex flex-wrap", style="gap: 6px;"):
        for view in View:
            vuetify3.VBtn(
                view.value,
                click=(page.look_from, f"['{view.value}']"),
                size="small",
                rounded="pill",
                variant=(f"view_name === '{view.value}' ? 'flat' : 'outlined'",),
                color=(f"view_name === '{view.value}' ? 'primary' : ''",),
                raw_attrs=[f":aria-pressed=\"view_name === '{view.value}'\"", 'style="text-transform: none"'],
            )


def _lay_out_layers(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    _heading("Layers")
    with html.Div(v_for="layer, index in layers", key="layer.name", classes="px-4 pb-1"):
        html.Div(
            "{{ layer.group }}",
            v_if=("index === 0 || layers[index - 1].group !== layer.group",),
            classes="text-caption",
        )
        _lay_out_layer(page)
        vuetify3.VSlider(
            model_value=("layer.opacity",),
            end=(page.set_opacity, "[layer.name, $event]"),
            min=0,
            max=1,
            step=0.01,
            disabled=("!layer.visible",),
            color="primary",
            raw_attrs=[":aria-label=\"'Opacity of ' + layer.name\""],
            **_QUIET,
        )


def _lay_out_layer(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    with html.Div(classes="d-flex align-center", style="gap: 8px;"):
        html.Span(classes="dot", style=("{ background: layer.colour }",))
        with html.Div(classes="flex-grow-1", style="min-width: 0;"):
            html.Div("{{ layer.name }}", classes="text-body-2 text-truncate")
            html.Div("{{ layer.words }}", classes="text-caption text-medium-emphasis text-truncate")
        for icon, action, words in (("mdi-tune", page.choose, "Change"), ("mdi-close", page.remove, "Remove")):
            vuetify3.VBtn(
                icon=icon,
                size="x-small",
                variant="text",
                click=(action, "[layer.name]"),
                raw_attrs=[f":aria-label=\"'{words} ' + layer.name\""],
            )
        vuetify3.VSwitch(
            model_value=("layer.visible",),
            update_modelValue=(page.set_visible, "[layer.name, $event]"),
            color="primary",
            classes="flex-grow-0",
            raw_attrs=[":aria-label=\"'Show ' + layer.name\""],
            **_QUIET,
        )


def _lay_out_inspector(page: "Page") -> None:
    from trame.widgets import html

    with html.Div(v_if=("inspector.name",), classes="mx-3 mt-3 pa-3 rounded border", key="inspector"):
        html.H2("{{ inspector.name }}", classes="text-subtitle-2")
        with html.Div(v_if=("inspector.placing",)):
            _slider(page, "inspector.placing.coordinate + ' (mm)'", "inspector.placing.position", 0)
            for index in (0, 1):
                _slider(
                    page, f"inspector.placing.towards[{index}] + ' (°)'", f"inspector.placing.tilts[{index}]", index + 1
                )
        with html.Div(v_for="one in inspector.controls", key="inspector.name + one.path", classes="py-1"):
            _lay_out_control(page)


def _lay_out_control(page: "Page") -> None:
    """Lay out what changes one field of a layer: of the kinds, the browser shows the one that it is."""
    from trame.widgets import html, vuetify3

    write = "[one.path, $event]"
    html.Div(
        "{{ one.label }}{{ one.unit ? ' (' + one.unit + ')' : '' }}",
        v_if=("one.kind !== 'flag'",),
        classes="text-caption",
    )
    vuetify3.VSlider(
        v_if=("one.kind === 'share' || one.kind === 'number'",),
        model_value=("one.value",),
        end=(page.set_control, write),
        min=("one.low",),
        max=("one.high",),
        step=("(one.high - one.low) / 200",),
        thumb_label=True,
        color="primary",
        raw_attrs=_NAMED,
        **_QUIET,
    )
    vuetify3.VSelect(
        v_if=("one.kind === 'choice' || one.kind === 'colours'",),
        model_value=("one.value",),
        items=("one.choices",),
        update_modelValue=(page.set_control, write),
        variant="outlined",
        raw_attrs=_NAMED,
        **_QUIET,
    )
    vuetify3.VSwitch(
        v_if=("one.kind === 'flag'",),
        model_value=("one.value",),
        label=("one.label",),
        update_modelValue=(page.set_control, write),
        color="primary",
        **_QUIET,
    )
    _lay_out_typed(page)


def _lay_out_typed(page: "Page") -> None:
    """Lay out a colour and words: what a browser tells when it has been typed."""
    from trame.widgets import html, vuetify3

    write = "[one.path, $event.target.value]"
    html.Input(
        v_if=("one.kind === 'colour'",),
        type="color",
        value=("one.value",),
        change=(page.set_control, write),
        classes="swatch",
        raw_attrs=_NAMED,
    )
    vuetify3.VTextField(
        v_if=("one.kind === 'text'",),
        model_value=("one.value",),
        change=(page.set_control, write),
        variant="outlined",
        raw_attrs=_NAMED,
        **_QUIET,
    )


def _slider(page: "Page", label: str, value: str, place: int) -> None:
    """Lay out where a slice is (0) or one of its tilts (1, 2)."""
    from trame.widgets import html, vuetify3

    parts = ["inspector.placing.position", "inspector.placing.tilts[0]", "inspector.placing.tilts[1]"]
    parts[place] = "$event"
    ends = ("inspector.placing.low", "inspector.placing.high") if place == 0 else ("-60", "60")
    html.Div("{{ " + label + " }}", classes="text-caption")
    vuetify3.VSlider(
        model_value=(value,),
        end=(page.place_slice, f"[{', '.join(parts)}]"),
        min=(ends[0],),
        max=(ends[1],),
        step=0.05 if place == 0 else 1,
        thumb_label=True,
        color="primary",
        raw_attrs=[f':aria-label="{label}"'],
        **_QUIET,
    )


def _lay_out_slices(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    with html.Div(v_if=("has_atlas",)):
        _heading("Add a slice")
        with html.Div(classes="px-3 d-flex flex-wrap", style="gap: 6px;"):
            for direction in _SLICES:
                vuetify3.VBtn(
                    direction,
                    click=(page.add_slice, f"['{direction}']"),
                    size="small",
                    rounded="pill",
                    variant="outlined",
                    raw_attrs=['style="text-transform: none"'],
                )


def _lay_out_regions(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    with html.Div(v_if=("has_atlas",), classes="pb-2"):
        _heading("Regions")
        vuetify3.VTextField(
            model_value=("region_query",),
            update_modelValue=(page.search, "[$event]"),
            label="Add a region",
            variant="outlined",
            clearable=True,
            classes="px-4",
            **_QUIET,
        )
        _lay_out_region_path(page)
        _lay_out_region_rows(page)
        vuetify3.VBtn(
            "Show all regions again", click=(page.show_only, "['']"), size="x-small", variant="text", classes="mx-3"
        )


def _lay_out_region_path(page: "Page") -> None:
    """Lay out the way from the root down to the region whose parts are listed."""
    from trame.widgets import html, vuetify3

    with html.Div(
        v_if=("!region_query",), classes="px-3 pt-1", raw_attrs=['role="navigation"', 'aria-label="Regions"']
    ):
        vuetify3.VBtn("all", click=(page.open_region, "['']"), size="x-small", variant="text")
        vuetify3.VBtn(
            "{{ one }}",
            v_for="one in regions.path",
            key="one",
            click=(page.open_region, "[one]"),
            size="x-small",
            variant="text",
            raw_attrs=['style="text-transform: none"'],
        )


def _lay_out_region_rows(page: "Page") -> None:
    from trame.widgets import html, vuetify3

    with html.Div(
        v_for="region in regions.rows",
        key="region.acronym",
        classes="px-4 d-flex align-center region",
        style="gap: 8px;",
    ):
        html.Input(
            type="checkbox",
            checked=("region.drawn",),
            change=(page.tick_region, "[region.acronym, $event.target.checked]"),
            raw_attrs=[":aria-label=\"'Draw ' + region.acronym\""],
        )
        html.Span(classes="dot", style=("{ background: region.colour }",))
        with html.Div(classes="flex-grow-1 text-truncate", style="min-width: 0;"):
            html.Span("{{ region.acronym }}", classes="text-body-2")
            html.Span("{{ region.name }}", classes="text-caption text-medium-emphasis ms-1")
        for icon, action, words, shown in (
            ("mdi-filter-outline", page.show_only, "Show only", "true"),
            ("mdi-chevron-right", page.open_region, "Inside", "region.inside"),
        ):
            vuetify3.VBtn(
                v_if=(shown,),
                icon=icon,
                size="x-small",
                variant="text",
                click=(action, "[region.acronym]"),
                raw_attrs=[f":aria-label=\"'{words} ' + region.acronym\"", f'title="{words}"'],
            )


def _lay_out_files() -> None:
    from trame.widgets import html

    _heading("Files")
    with html.Ul(classes="px-4 pb-4", style="list-style: none;"):
        for kind, words in KINDS.items():
            with html.Li():
                html.A(f"{words} (.{kind})", href=f"files/{kind}", download=f"brain.{kind}", classes="text-primary")
        with html.Li():
            html.A("Draw in this browser instead", href="files/html?here", target="_blank", classes="text-primary")
