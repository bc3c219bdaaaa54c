"""Whether a layer fits into its scene: regions its atlas has, a template that is there, a volume to slice."""

from collections.abc import Iterable
from typing import Any

from bregma.atlas import Atlas
from bregma.viewer.errors import InvalidLayer, NoAtlas
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface, RegionSurfaces
from bregma.viewer.scene.layers.volumes import ImageVolume, Slice
from bregma.viewer.scene.painting import check_painting

#: What of the atlas a slice can show.
OF_ATLAS = ("annotation", "template", "both")


def check_layer(layer: Layer, others: Iterable[Layer], atlas: Atlas | None) -> None:
    """Refuse a layer that could not be drawn in its scene.

    Raises
    ------
    InvalidLayer
        If it has not a value for each row of the atlas, or is a slice of what is not there.
    NoAtlas
        If it shows a template that the atlas does not have.
    MappingNotFound, RegionNotFound
        If the atlas does not know its mapping or its regions.
    """
    if isinstance(layer, Slice) and layer.of not in OF_ATLAS:
        volumes = [other.name for other in others if isinstance(other, ImageVolume)]
        if layer.of not in volumes:
            raise InvalidLayer(
                f"{layer.name!r} is a slice of {layer.of!r}; it can be of {', '.join((*OF_ATLAS, *volumes))}"
            )
    if atlas is not None:
        check_of_atlas(layer, atlas)


def check_of_atlas(layer: Layer, atlas: Atlas) -> None:
    """Refuse a layer of parts that an atlas does not have; as `check_layer` does, whatever else is in the scene."""
    if isinstance(layer, (AnnotationVolume, RegionSurfaces, Slice)):
        check_painting(layer, atlas.regions)
    if isinstance(layer, RegionSurface):
        atlas.regions.row(layer.acronym)
    if shows_template(layer) and atlas.template is None:
        raise NoAtlas(f"{atlas.name} came without its template: load_atlas(…, template=True) brings it along")


def check_atlas(atlas: Any) -> None:
    """Raise InvalidLayer for the name or the file of an atlas, in place of an atlas or None."""
    if atlas is not None and not isinstance(atlas, Atlas):
        raise InvalidLayer(f"an atlas is what load_atlas(…) returns, not {atlas!r:.80}")


def shows_template(layer: Layer) -> bool:
    """Return whether a layer is drawn from the template of the atlas."""
    if isinstance(layer, Slice):
        return layer.of in ("template", "both")
    return isinstance(layer, ImageVolume) and layer.image is None
