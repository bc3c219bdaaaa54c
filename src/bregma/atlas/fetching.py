"""Bring a file of an atlas here once: over https, resumed where it broke off, checked when whole."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.atlas.errors import AtlasError, AtlasNotFound, InvalidAtlas

if TYPE_CHECKING:
    from bregma.store import Engine


@dataclass(frozen=True)
class Wanted:
    """A file on a server.

    Parameters
    ----------
    name : str
        Its name here.
    url : str
        Its address, https.
    check : callable
        Raises InvalidAtlas if a copy is damaged or another file.
    way_out : str
        What to do where it cannot be had.
    """

    name: str
    url: str
    check: Callable[[Path], None]
    way_out: str


def fetch_once(wanted: Wanted, folder: Path, engine: "Engine | None" = None) -> Path:
    """Return the copy of a file in a folder; bring it if it is not there. Several processes may ask at once.

    Raises
    ------
    AtlasNotFound
        If it is not to be had; the message names the way out.
    """
    target = folder / wanted.name
    if target.is_file():
        return target
    from bregma.store import StoreError
    from bregma.store.locking import lock_file

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock_file(folder / f".{wanted.name}.lock"):
            if not target.is_file():
                _bring(wanted, target, engine)
    except (StoreError, OSError) as error:
        if isinstance(error, AtlasError):
            raise
        told = f"no {target.name} in {folder}, and it cannot be had ({error}); {wanted.way_out}"
        raise AtlasNotFound(told) from error
    return target


def _bring(wanted: Wanted, target: Path, engine: "Engine | None") -> None:
    """Fetch, check and place a file; one that was resumed and turns out wrong is fetched once more from its start."""
    from bregma.store import Engine, Fetch, Source

    incoming = target.with_name(f"incoming.{target.name}")
    engine = Engine() if engine is None else engine
    for attempt in (1, 2):
        engine.fetch([Fetch(incoming, [Source(wanted.url)], resume=attempt == 1)])
        try:
            wanted.check(incoming)
        except InvalidAtlas as error:
            incoming.unlink()
            if attempt == 2:
                raise AtlasNotFound(f"{wanted.url} broke off or is damaged ({error}); {wanted.way_out}") from error
        else:
            incoming.replace(target)
            return
