"""The files of the Allen Institute: where they are, whether they are whole, and a copy of each for this user."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bregma.atlas.errors import InvalidAtlas
from bregma.atlas.fetching import Wanted, fetch_once
from bregma.atlas.orientation import RESOLUTIONS_UM, ccf_shape
from bregma.atlas.prepared import user_cache
from bregma.atlas.volumes import open_volume

if TYPE_CHECKING:
    from bregma.store import Engine

Kind = Literal["annotation", "template"]

ALLEN_SERVER = "https://download.alleninstitute.org/informatics-archive/current-release/mouse_ccf"
_FOLDERS = {"annotation": "annotation/ccf_2017", "template": "average_template"}
_STEMS = {"annotation": "annotation", "template": "average_template"}
_SHA256 = {
    "annotation_25.nrrd": "c620cbcc562183e4dcd40250d440130501781f74b41de35b1c1bdabace290c42",
    "average_template_25.nrrd": "e4a2b483e842b4c8c1b5452d940ea59e14bc1ebaa38fe6a9c3bacac6db2a8f4b",
}


@dataclass(frozen=True)
class AllenFile:
    """One file of the Allen Institute.

    Parameters
    ----------
    kind : {"annotation", "template"}
        Regions as drawn in 2017, or the average picture on which they were drawn.
    resolution_um : int
        Edge of a voxel: 10, 25, 50 or 100 micrometres.

    Raises
    ------
    InvalidAtlas
        If it does not come in that resolution.
    """

    kind: Kind
    resolution_um: int

    def __post_init__(self) -> None:
        if self.kind not in _STEMS:
            raise InvalidAtlas(f"the Allen Institute gives an 'annotation' and a 'template', not {self.kind!r}")
        if self.resolution_um not in RESOLUTIONS_UM:
            raise InvalidAtlas(f"the Allen annotation comes in {RESOLUTIONS_UM} um, not {self.resolution_um}")

    @property
    def name(self) -> str:
        """Its name on the server and here."""
        return f"{_STEMS[self.kind]}_{int(self.resolution_um)}.nrrd"

    @property
    def url(self) -> str:
        """Its address."""
        return f"{ALLEN_SERVER}/{_FOLDERS[self.kind]}/{self.name}"

    @property
    def way_out(self) -> str:
        """What to do where it cannot be had."""
        return (
            f"download {self.name} from the Allen Institute (mouse_ccf/{_FOLDERS[self.kind]}) and pass its path "
            "(load_atlas(path), --atlas PATH), or use phantom_atlas()"
        )

    def check(self, path: Path) -> None:
        """Check a copy: the known sha256, and the volume decoded to its end in the known shape.

        Raises
        ------
        InvalidAtlas
            If it is damaged, or another file.
        """
        with path.open("rb") as file:
            if file.read(4) != b"NRRD":
                raise InvalidAtlas(f"{self.url} did not send an NRRD file (a log-in page of the network?)")
            file.seek(0)
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if _SHA256.get(self.name, found) != found:
            raise InvalidAtlas(f"{self.url} has the sha256 {found} instead of {_SHA256[self.name]}")
        volume = open_volume(path)
        if volume.shape != ccf_shape(self.resolution_um):
            raise InvalidAtlas(f"{self.url} has shape {volume.shape} instead of {ccf_shape(self.resolution_um)}")
        for _ in volume.slabs():
            pass


def download_allen(
    kind: Kind = "annotation",
    *,
    resolution_um: int = 50,
    cache_dir: Path | str | None = None,
    engine: "Engine | None" = None,
) -> Path:
    """Bring a file of the Allen Institute here, once: over https, resumed where it broke off, checked when whole.

    Parameters
    ----------
    kind : {"annotation", "template"}
        Regions as drawn in 2017, or the average picture on which they were drawn.
    resolution_um : int
        Edge of a voxel: 10, 25, 50 or 100 micrometres. The annotation takes 0.3 to 35 MB, the template 1 to 350 MB.
    cache_dir : Path, optional
        Where it is kept; the user's cache folder by default. Several processes may ask at once.
    engine : Engine, optional
        What brings it; it shows progress on a terminal.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    AtlasNotFound
        If it is not to be had; the message names the way out.

    Notes
    -----
    © Allen Institute for Brain Science: free for research and other non-commercial use with citation
    (Wang et al. 2020, doi:10.1016/j.cell.2020.04.007).
    """
    file = AllenFile(kind, resolution_um)
    folder = user_cache() if cache_dir is None else Path(cache_dir)
    return fetch_once(Wanted(file.name, file.url, file.check, file.way_out), folder, engine)


def list_allen(cache_dir: Path | str | None = None) -> list[tuple[AllenFile, Path | None]]:
    """List the files of the Allen Institute, each with its copy here, or None."""
    folder = user_cache() if cache_dir is None else Path(cache_dir)
    kinds: tuple[Kind, ...] = ("annotation", "template")
    known = [AllenFile(kind, step) for kind in kinds for step in RESOLUTIONS_UM]
    return [(file, folder / file.name if (folder / file.name).is_file() else None) for file in known]
