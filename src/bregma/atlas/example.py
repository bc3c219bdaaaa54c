"""The atlas that examples draw: Allen's where this machine already has it, else the phantom."""

from pathlib import Path

from bregma.atlas.allen import list_allen
from bregma.atlas.atlas import Atlas
from bregma.atlas.loading import load_atlas
from bregma.atlas.phantom import phantom_atlas


def example_atlas(resolution_um: int = 50, *, cache_dir: Path | str | None = None) -> Atlas:
    """Return an atlas to try things on, at once: Allen's if its annotation is in the cache, else the phantom.

    Nothing is downloaded; `load_atlas` does that, and is what an analysis uses.

    Parameters
    ----------
    resolution_um : int
        Edge of a voxel of Allen's, in micrometres.
    cache_dir : Path, optional
        Where downloads are kept; the user's cache folder by default.

    Returns
    -------
    Atlas
        With a template if the cache has that of Allen, and always with that of the phantom; `Atlas.is_phantom` and
        its credit say which one it is.
    """
    here = {(file.kind, file.resolution_um) for file, path in list_allen(cache_dir) if path is not None}
    if ("annotation", resolution_um) not in here:
        return phantom_atlas()
    template = ("template", resolution_um) in here
    return load_atlas(resolution_um=resolution_um, template=template, cache_dir=cache_dir)
