"""A scene as data that JSON can hold, and back: its state, and of the atlas only which one it is."""

from collections.abc import Mapping
from typing import Any

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer.errors import NoAtlas, ViewerError
from bregma.viewer.scene.state import SceneState

VERSION = 2
# Voxels along an edge: a file shall not fill the memory.
_LARGEST_PHANTOM = 512


def scene_to_dict(state: SceneState, atlas: Atlas | None) -> dict[str, Any]:
    """Write everything but the atlas, of which only the name and the shape are kept."""
    return {"version": VERSION, "atlas": _atlas_entry(atlas) if atlas else None} | state.to_dict()


def scene_from_dict(entry: Mapping[str, Any], atlas: Atlas | None) -> tuple[SceneState, Atlas | None]:
    """Return what `scene_to_dict` wrote.

    Raises
    ------
    NoAtlas
        If the scene was made with an atlas that is neither given nor a phantom, or with another one.
    ViewerError
        If the data are of a version that this release does not know.
    """
    if not isinstance(entry, Mapping):
        raise ViewerError(f"a scene is stored by its parts, not as {type(entry).__name__}")
    if entry.get("version") != VERSION:
        raise ViewerError(f"a scene of version {entry.get('version')!r}; this release reads version {VERSION}")
    rest = {name: value for name, value in entry.items() if name not in ("version", "atlas")}
    return SceneState.from_dict(rest), _find_atlas(entry.get("atlas"), atlas)


def _atlas_entry(atlas: Atlas) -> dict[str, Any]:
    return {"name": atlas.name, "is_phantom": atlas.is_phantom, "shape": list(atlas.labels.shape)}


def _find_atlas(entry: Mapping[str, Any] | None, given: Atlas | None) -> Atlas | None:
    if entry is None:
        return given
    match entry:
        case {"name": str(), "is_phantom": False}:
            found = given
        case {"name": str(), "is_phantom": True, "shape": [int(n), *_]} if n <= _LARGEST_PHANTOM:
            found = phantom_atlas(n) if given is None else given
        case _:
            raise ViewerError(f"a scene names its atlas by name, is_phantom and shape, not as {entry!r:.80}")
    if found is None or found.name != entry["name"]:
        raise NoAtlas(f"this scene was made with {entry['name']}; pass that atlas (load_atlas) to from_dict")
    return found
