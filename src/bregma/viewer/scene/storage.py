"""A scene as data that JSON can hold, and back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer.errors import NoAtlas, ViewerError
from bregma.viewer.scene.layers import Layer, layer_from_dict

if TYPE_CHECKING:
    from bregma.viewer.scene.scene import Scene

VERSION = 1

Parts = tuple[Atlas | None, str, str, list[Layer]]


def scene_to_dict(scene: "Scene") -> dict[str, Any]:
    """Write everything but the atlas, of which only the name and the shape are kept."""
    return {
        "version": VERSION,
        "title": scene.title,
        "view": str(scene.view),
        "atlas": _atlas_entry(scene.atlas) if scene.has_atlas else None,
        "layers": [layer.to_dict() for layer in scene.layers],
    }


def parts_from_dict(entry: Mapping[str, Any], atlas: Atlas | None) -> Parts:
    """Return atlas, title, view and layers of what `scene_to_dict` wrote.

    Raises
    ------
    NoAtlas
        If the scene was made with an atlas that is neither given nor a phantom, or with another one.
    ViewerError
        If the data are of a version that this release does not know.
    """
    if entry.get("version") != VERSION:
        raise ViewerError(f"a scene of version {entry.get('version')!r}; this release reads version {VERSION}")
    layers = [layer_from_dict(layer) for layer in entry.get("layers", ())]
    return _find_atlas(entry.get("atlas"), atlas), entry.get("title", ""), entry.get("view", "oblique"), layers


def _atlas_entry(atlas: Atlas) -> dict[str, Any]:
    return {"name": atlas.name, "is_phantom": atlas.is_phantom, "shape": list(atlas.labels.shape)}


def _find_atlas(entry: Mapping[str, Any] | None, given: Atlas | None) -> Atlas | None:
    if entry is None:
        return given
    found = phantom_atlas(entry["shape"][0]) if given is None and entry["is_phantom"] else given
    if found is None or found.name != entry["name"]:
        raise NoAtlas(f"this scene was made with {entry['name']}; pass that atlas (load_atlas) to from_dict")
    return found
