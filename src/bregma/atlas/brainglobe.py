"""Atlases of BrainGlobe, of any species, from the folders that its tools download."""

import csv
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import BREGMA_UM
from bregma.atlas.errors import AtlasError, AtlasNotFound, InvalidAtlas
from bregma.atlas.labelling import fingerprint
from bregma.atlas.orientation import CCF_EXTENT_UM, Triple
from bregma.atlas.own import Placement, label_volume, make_regions
from bregma.atlas.prepared import open_prepared, user_cache
from bregma.atlas.regions import Regions
from bregma.atlas.volumes import open_volume

logger = logging.getLogger(__name__)

_VERSION = 1


@dataclass(frozen=True)
class _Folder:
    """What every layout says: metadata, structures, and how to read a stack."""

    metadata: dict[str, Any]
    structures: list[dict[str, Any]]
    stacks: dict[str, Path]
    orientation: str

    @property
    def source(self) -> Path:
        """The file whose change tells that the annotation changed."""
        path = self.stacks["annotation"]
        file = path / "zarr.json" if path.suffix == ".zarr" else path
        if not file.is_file():
            raise AtlasNotFound(f"no volume at {file}; let BrainGlobe's tool download it")
        return file

    def read(self, stack: str) -> npt.NDArray[Any]:
        path = self.stacks[stack]
        if path.suffix == ".zarr":
            from bregma.atlas.zarr_stack import read_level

            return read_level(path, self.metadata["resolution"])
        return open_volume(path).read()


def load_brainglobe(path: Path | str, *, template: bool = False, origin_um: Triple | None = None) -> Atlas:
    """Load a BrainGlobe atlas from its folder.

    Parameters
    ----------
    path : Path
        The folder with ``metadata.json``, ``structures.json`` and ``annotation.tiff``; or, as BrainGlobe keeps atlases
        since 2026, the folder with ``manifest.json``, whose volumes lie beside it as OME-Zarr.
    template : bool
        Load its picture (reference) too.
    origin_um : tuple of 3 float, optional
        The point that coordinates count from: micrometres from the left, the front and the top of the volume. By
        default bregma in atlases of the mouse that have the extent of the Allen CCF, else the middle of the volume.

    Returns
    -------
    Atlas
        With both hemispheres, told apart by ``hemispheres.tiff`` where there is one, else by the midline.

    Raises
    ------
    AtlasNotFound
        If the folder, or a volume that it names, is not there.
    InvalidAtlas
        If the folder is damaged.

    Notes
    -----
    Claudi et al. (2020). BrainGlobe Atlas API: a common interface for neuroanatomical atlases. Journal of Open Source
    Software 5, 2668.
    """
    try:
        folder = _open_folder(Path(path))
        regions = _make_table(folder.structures)
        placement = _place(folder, origin_um)
        shape = placement.shape_of(folder.metadata["shape"])
    except AtlasError:
        raise
    except FileNotFoundError as error:
        raise AtlasNotFound(f"{path} is a part of a BrainGlobe atlas: {error}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise InvalidAtlas(f"{path} is no BrainGlobe atlas: {type(error).__name__} {error}") from error

    def fill(target: npt.NDArray[np.uint16]) -> None:
        ids = _known_ids(folder.read("annotation"), regions, folder)
        if placement.shape_of(ids.shape) != target.shape:
            raise InvalidAtlas(f"the annotation of {path} has shape {ids.shape}, not {folder.metadata['shape']}")
        target[...] = label_volume(ids, regions, placement, _read_hemispheres(folder))

    labels = open_prepared(folder.source, f"{_VERSION} {placement} {fingerprint(regions)}", shape, fill, user_cache())
    return Atlas(
        labels,
        placement.place(shape),
        min(placement.edges_xyz()) * 1e-6,
        regions.lateralised,
        str(folder.metadata.get("name", Path(path).name)),
        str(folder.metadata.get("citation", "")),
        template=np.asfortranarray(placement.turn(folder.read("template"))) if template else None,
    )


def _place(folder: _Folder, origin_um: Triple | None) -> Placement:
    x, y, z = (float(edge) for edge in folder.metadata["resolution"])
    if origin_um is None and _is_mouse_in_ccf(folder, (x, y, z)):
        origin_um = BREGMA_UM
    return Placement((x, y, z), folder.orientation, origin_um)


def _open_folder(path: Path) -> _Folder:
    if (path / "metadata.json").is_file():
        metadata = json.loads((path / "metadata.json").read_text(encoding="utf-8"))
        structures = json.loads((path / "structures.json").read_text(encoding="utf-8"))
        names = {"annotation": "annotation", "template": "reference", "hemispheres": "hemispheres"}
        stacks = {stack: path / f"{name}.tiff" for stack, name in names.items()}
        return _Folder(metadata, structures, stacks, metadata.get("orientation", "asr"))
    if (path / "manifest.json").is_file():
        return _open_components(path)
    inner = [file.parent for file in path.glob("*/m*.json") if file.name in ("metadata.json", "manifest.json")]
    if len(inner) == 1:
        return _open_folder(inner[0])
    raise AtlasNotFound(
        f"no BrainGlobe atlas in {path}: neither metadata.json nor manifest.json"
        + (f"; choose one of {', '.join(sorted(each.name for each in inner))}" if inner else "")
    )


def _open_components(path: Path) -> _Folder:
    """Open the newer layout: a manifest that names its parts, in folders below that of all atlases."""
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    root = path.resolve().parents[2]
    drawn = manifest["annotation_set"]
    annotation = root / drawn["location"].lstrip("/")
    stacks = {
        "annotation": annotation / "annotations_compressed.ome.zarr",
        "hemispheres": annotation / "hemispheres.ome.zarr",
        "template": root / drawn["template"]["location"].lstrip("/") / "template.ome.zarr",
    }
    table = root / manifest["terminology"]["location"].lstrip("/") / "terminology.csv"
    with table.open(encoding="utf-8", newline="") as file:
        structures = [_read_term(entry) for entry in csv.DictReader(file)]
    return _Folder(manifest, structures, stacks, "asr")


def _read_term(entry: dict[str, str]) -> dict[str, Any]:
    path = [int(step) for step in entry["root_identifier_path"].strip("[] ").replace(",", " ").split()]
    return {
        "id": int(entry["identifier"]),
        "acronym": entry["abbreviation"],
        "name": entry["name"],
        "structure_id_path": path,
        "rgb_triplet": list(bytes.fromhex(entry["color_hex_triplet"].lstrip("#"))),
    }


def _make_table(structures: list[dict[str, Any]]) -> Regions:
    paths = [entry["structure_id_path"] for entry in structures]
    return make_regions(
        [entry["id"] for entry in structures],
        [str(entry["acronym"]) for entry in structures],
        parents=[path[-2] if len(path) > 1 else None for path in paths],
        names=[str(entry["name"]) for entry in structures],
        rgb=[entry["rgb_triplet"] for entry in structures],
    )


def _known_ids(ids: npt.NDArray[Any], regions: Regions, folder: _Folder) -> npt.NDArray[Any]:
    """Call voxels root whose identifier is in no structure, as those of some published atlases."""
    found = np.unique(ids)
    unknown = found[~np.isin(found, regions.ids)]
    if unknown.size == 0:
        return ids
    logger.warning("%s: %s are in no structure; they count as root", folder.source.parent.name, unknown.tolist())
    return np.where(np.isin(ids, unknown), regions.ids[1], ids)


def _read_hemispheres(folder: _Folder) -> npt.NDArray[Any] | None:
    """Read which voxels are on the left (1) and right (2); None where the midline tells."""
    if folder.metadata.get("symmetric", True):
        return None
    return folder.read("hemispheres") if folder.stacks["hemispheres"].exists() else None


def _is_mouse_in_ccf(folder: _Folder, edges: Triple) -> bool:
    is_mouse = str(folder.metadata.get("species", "")).casefold() == "mus musculus"
    extent = sorted(length * edge for length, edge in zip(folder.metadata["shape"], edges, strict=True))
    return is_mouse and bool(np.allclose(extent, sorted(CCF_EXTENT_UM), rtol=0.01))
