"""Files as layers of a scene: volumes, meshes, points, units, values of regions, and saved scenes, by their endings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer, ViewerError
from bregma.viewer.scene.scene import Scene

if TYPE_CHECKING:
    import pandas as pd

    from bregma.viewer.meshes import Space, Unit

VOLUMES = (".nrrd", ".nii", ".nii.gz", ".tif", ".tiff")
MESHES = (".obj", ".ply", ".stl", ".vtk", ".vtp", ".glb", ".gltf")
TABLES = (".csv", ".tsv", ".pqt", ".parquet")
ENDINGS = (*VOLUMES, ".npy", ".npz", *MESHES, *TABLES, ".json")

#: Front to back, top to bottom, left to right.
_CCF_MM = (13.2, 8.0, 11.4)
_BEFORE_CORNER_MM = -0.2
_REGION_COLUMNS = ("acronym", "region", "atlas_id", "id", "brain_region", "structure")


def open_file(scene: Scene, path: Path) -> str:
    """Add what a file holds to a scene; returns what had to be assumed of it, for the user to read.

    Parameters
    ----------
    scene : Scene
        What it is added to.
    path : Path
        A volume (.nrrd, .nii, .nii.gz, .tif, .tiff, .npy), points (.npy of shape (n, 3)), units of the demo (.npz),
        a mesh (.obj, .ply, .stl …), values of regions (.csv, .tsv, .pqt), a scene (.json), or the folder of an atlas.
        A volume whose name says ``annotation`` becomes the atlas of a scene that has none.

    Raises
    ------
    ViewerError
        If the name says no known kind of file, or the file is not what its name says.
    AtlasError
        If it holds no volume.
    """
    if not path.exists():
        raise ViewerError(f"no file at {path}")
    opener = next((opener for endings, opener in _OPENERS if path.name.lower().endswith(endings)), None)
    if path.is_dir():
        opener = _open_atlas
    if opener is None:
        raise ViewerError(f"{path.name} is nothing that the viewer reads; it reads {', '.join(ENDINGS)}")
    return opener(scene, path) or ""


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


@dataclass(frozen=True, eq=False)
class ValueTable:
    """Numbers of regions.

    Parameters
    ----------
    regions : list of str or int
        Acronyms or identifiers.
    values : (n,) array
        A number for each.
    label : str
        What they are.
    """

    regions: list[str | int]
    values: npt.NDArray[np.float64]
    label: str


def read_values(path: Path, column: str | None = None) -> ValueTable:
    """Read numbers of regions from a table.

    Parameters
    ----------
    path : Path
        .csv, .tsv, .pqt or .parquet. Regions are in the column ``acronym``, ``region``, ``atlas_id`` or ``id``, or
        else in the first one.
    column : str, optional
        Which numbers; by default the first column of numbers besides the regions.

    Raises
    ------
    InvalidLayer
        If the table has no such column, or none of numbers.
    """
    table = _read_table(path)
    named = {str(name).casefold(): name for name in table.columns}
    regions = next((named[name] for name in _REGION_COLUMNS if name in named), table.columns[0])
    numbers = [name for name in table.columns if table[name].dtype.kind in "fiu" and name != regions]
    wanted = column if column is not None else next(iter(numbers), None)
    if wanted is None or wanted not in table.columns:
        raise InvalidLayer(
            f"{path.name} has no column of numbers {'' if wanted is None else repr(wanted)}; it has "
            f"{', '.join(map(str, table.columns))}"
        )
    return ValueTable(table[regions].tolist(), table[wanted].to_numpy(dtype=np.float64), str(wanted))


def _read_table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    try:
        if path.suffix.lower() in (".pqt", ".parquet"):
            return pd.read_parquet(path)
        return pd.read_csv(path, sep="\t" if path.suffix.lower() == ".tsv" else ",")
    except ValueError as error:  # what pandas and pyarrow say of damaged tables
        raise InvalidLayer(f"{path} is no table: {error}") from error


def _open_volume(scene: Scene, path: Path) -> None:
    if "annotation" in path.name.lower() and not scene.has_atlas:
        _open_atlas(scene, path)
    else:
        scene.add_volume(path)


def _open_atlas(scene: Scene, path: Path) -> None:
    from bregma.atlas import load_atlas

    scene.add_annotation(load_atlas(path))


def _open_array(scene: Scene, path: Path) -> None:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise InvalidLayer(f"{path} is no array of numbers: {error}") from error
    if array.ndim == 2:
        scene.add_points(np.asarray(array), name=name_for(scene, path))
    else:
        _open_volume(scene, path)


def guess_place(vertices: npt.NDArray[np.floating[Any]]) -> "tuple[Unit, Space]":
    """Return the unit and the space that vertices of a mouse brain are likely in, by how far they reach.

    No brain reaches 150 mm or 0.15 m; coordinates from the corner of the Allen CCF have one sign, and downwards they
    reach less than 8 mm.
    """
    reach = float(np.nanmax(np.abs(vertices), initial=0.0))
    unit: Unit = "um" if reach > 150 else "mm" if reach > 0.15 else "m"
    mm = vertices * {"um": 1e-3, "mm": 1.0, "m": 1e3}[unit]
    highest = np.nanmax(mm, axis=0, initial=0.0)
    if np.nanmin(mm, initial=0.0) < _BEFORE_CORNER_MM or not np.all(np.sort(highest) <= np.sort(_CCF_MM)):
        return unit, "bregma"
    return unit, "apdvml" if highest[1] <= _CCF_MM[1] else "mlapdv"


def _open_mesh(scene: Scene, path: Path) -> str:
    from bregma.viewer.meshes import read_mesh

    vertices, _ = read_mesh(path)
    unit, space = guess_place(vertices)
    scene.add_mesh(path, unit=unit, space=space, name=name_for(scene, path), opacity=0.3)
    origin = "bregma" if space == "bregma" else f"the corner of the Allen CCF ({space})"
    return f"{path.name} was read in {unit} from {origin}; in Python, add_mesh(unit=, space=) says otherwise"


def _open_values(scene: Scene, path: Path) -> None:
    table = read_values(path)
    scene.map_values(table.values, table.regions, label=table.label)


def _open_scene(scene: Scene, path: Path) -> None:
    read = Scene.load(path, atlas=scene.atlas if scene.has_atlas else None)
    with scene.together():
        for layer in scene.layers:
            scene.remove(layer.name)
        if read.has_atlas and not scene.has_atlas:
            scene.add_annotation(read.atlas).remove("Annotation")
        for layer in read.layers:
            scene.add(layer)
        scene.change(**{name: part for name, part in vars(read.state).items() if name != "layers"})


_OPENERS: tuple[tuple[tuple[str, ...], Callable[[Scene, Path], str | None]], ...] = (
    (VOLUMES, _open_volume),
    ((".npy",), _open_array),
    ((".npz",), add_units),
    (MESHES, _open_mesh),
    (TABLES, _open_values),
    ((".json",), _open_scene),
)
