"""Files as layers of a scene: volumes, meshes, points, units, values of regions, and saved scenes, by their endings."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bregma.viewer.errors import InvalidLayer, ViewerError
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.state import SceneState

if TYPE_CHECKING:
    import pandas as pd

    from bregma.atlas.volumes import StoredVolume

VOLUMES = (".nrrd", ".nii", ".nii.gz", ".tif", ".tiff")
MESHES = (".obj", ".ply", ".stl", ".vtk", ".vtp", ".glb", ".gltf")
TABLES = (".csv", ".tsv", ".pqt", ".parquet")
ENDINGS = (*VOLUMES, ".npy", ".npz", *MESHES, *TABLES, ".json")

_XYZ = "lpi"


def open_file(scene: Scene, path: Path) -> None:
    """Add what a file holds to a scene.

    Parameters
    ----------
    scene : Scene
        What it is added to; its atlas says where a volume without a place lies.
    path : Path
        A volume (.nrrd, .nii, .nii.gz, .tif, .tiff, .npy), points (.npy of shape (n, 3)), units of the demo (.npz),
        a mesh (.obj, .ply, .stl …), values of regions (.csv, .tsv, .pqt) or a scene (.json). A volume whose name
        says ``annotation`` becomes the atlas of a scene that has none.

    Raises
    ------
    ViewerError
        If the name says no known kind of file, or the file is not what its name says.
    AtlasError
        If it holds no volume.
    """
    opener = next((opener for endings, opener in _OPENERS if path.name.lower().endswith(endings)), None)
    if path.is_dir():
        opener = _open_atlas
    if opener is None:
        raise ViewerError(f"{path.name} is nothing that the viewer reads; it reads {', '.join(ENDINGS)}")
    if not path.exists():
        raise ViewerError(f"no file at {path}")
    opener(scene, path)


def read_image(path: Path, scene: Scene) -> ImageVolume:
    """Read a volume of intensities, turned to x, y, z and put where the brain of the scene is.

    Raises
    ------
    AtlasError
        If the file holds no volume, or its axes run another way than its shape says.
    InvalidLayer
        If neither the file nor its shape says how large a voxel is.
    """
    from bregma.atlas.orientation import ALLEN_ORIENTATION, Orientation, ccf_resolution, check_ccf_order, place_of_ccf
    from bregma.atlas.volumes import open_volume

    stored = open_volume(path)
    on_grid = scene.has_atlas and stored.shape == scene.atlas.labels.shape
    order = Orientation(stored.orientation or (_XYZ if on_grid else ALLEN_ORIENTATION))
    if not on_grid:
        check_ccf_order(stored.shape, order, path)
    spacing_um = _spacing_of(stored, scene, on_grid=on_grid)
    image = order.to_xyz(stored.read())
    image.flags.writeable = False
    if on_grid:
        origin = scene.atlas.origin
    elif ccf_resolution(stored.shape) is not None:
        origin = place_of_ccf(image.shape, spacing_um[0])
    else:
        origin = _around_middle(scene, image.shape, spacing_um)
    x, y, z = (edge * 1e-6 for edge in spacing_um)
    return ImageVolume(name=name_for(scene, path), image=image, origin=origin, spacing=(x, y, z))


def name_for(scene: Scene, path: Path) -> str:
    """Return a name for a layer that no layer of the scene has."""
    name, taken = path.name.split(".")[0], {layer.name for layer in scene.layers}
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def add_units(scene: Scene, path: Path) -> None:
    """Add the insertions and units of an .npz file, as the demo makes them: entry, tip, labels, xyz.

    Raises
    ------
    InvalidLayer
        If the file lacks one of them.
    """
    with np.load(path) as stored:
        lacking = {"entry", "tip", "labels", "xyz"} - set(stored.files)
        if lacking:
            raise InvalidLayer(f"{path} has no {', '.join(sorted(lacking))}; units are entry, tip, labels and xyz")
        traced = np.isfinite(stored["entry"]).all(axis=1) & np.isfinite(stored["tip"]).all(axis=1)
        labels = tuple(stored["labels"][traced].tolist())
        scene.add_insertions(stored["entry"][traced], stored["tip"][traced], labels=labels, opacity=0.25)
        scene.add_points(stored["xyz"], name="units and recording sites", size=3)


def _spacing_of(stored: "StoredVolume", scene: Scene, *, on_grid: bool) -> tuple[float, float, float]:
    from bregma.atlas.orientation import ALLEN_ORIENTATION, Orientation, ccf_resolution

    if stored.spacing_um is not None and not on_grid:
        # Edges are turned as the axes are: those of an array of their numbers.
        order = Orientation(stored.orientation or ALLEN_ORIENTATION)
        x, y, z = (stored.spacing_um[axis] for axis in order.shape_xyz((0, 1, 2)))
        return x, y, z
    edge = scene.atlas.resolution_um if on_grid else ccf_resolution(stored.shape)
    if edge is None:
        raise InvalidLayer(
            f"{stored.path.name} of shape {stored.shape} says no size of its voxels; in Python, give it: "
            "scene.add(ImageVolume(name=…, image=…, spacing=(25e-6,) * 3, origin=…)), in metres"
        )
    return edge, edge, edge


def _around_middle(scene: Scene, shape: tuple[int, ...], spacing_um: tuple[float, ...]) -> tuple[float, float, float]:
    middle = np.zeros(3)
    if scene.has_atlas:
        atlas = scene.atlas
        middle = np.array(atlas.origin) + atlas.spacing * (np.array(atlas.labels.shape) - 1) / 2
    x, y, z = (middle - np.array(spacing_um) * 1e-6 * (np.array(shape) - 1) / 2).tolist()
    return x, y, z


def _open_volume(scene: Scene, path: Path) -> None:
    if "annotation" in path.name.lower() and not scene.has_atlas:
        _open_atlas(scene, path)
    else:
        scene.add(read_image(path, scene))


def _open_atlas(scene: Scene, path: Path) -> None:
    from bregma.atlas import load_atlas

    scene.add_annotation(load_atlas(path))


def _open_array(scene: Scene, path: Path) -> None:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim == 2:
        scene.add_points(np.asarray(array), name=name_for(scene, path))
    else:
        _open_volume(scene, path)


def _open_mesh(scene: Scene, path: Path) -> None:
    scene.add_mesh(path, name=name_for(scene, path))


def _open_values(scene: Scene, path: Path) -> None:
    scene.map_values(read_table(path))


def read_table(path: Path) -> "pd.DataFrame":
    """Read a table of values of regions."""
    import pandas as pd

    if path.suffix.lower() in (".pqt", ".parquet"):
        return pd.read_parquet(path)
    return pd.read_csv(path, sep="\t" if path.suffix.lower() == ".tsv" else ",")


def _open_scene(scene: Scene, path: Path) -> None:
    read = Scene.load(path, atlas=scene.atlas if scene.has_atlas else None)
    with scene.together():
        for layer in scene.layers:
            scene.remove(layer.name)
        if read.has_atlas and not scene.has_atlas:
            scene.add_annotation(read.atlas).remove("Annotation")
        for layer in read.layers:
            scene.add(layer)
        scene.change(**{name: part for name, part in _parts(read.state).items() if name != "layers"})


def _parts(state: SceneState) -> dict[str, object]:
    return dict(vars(state))


_OPENERS: tuple[tuple[tuple[str, ...], Callable[[Scene, Path], None]], ...] = (
    (VOLUMES, _open_volume),
    ((".npy",), _open_array),
    ((".npz",), add_units),
    (MESHES, _open_mesh),
    (TABLES, _open_values),
    ((".json",), _open_scene),
)
