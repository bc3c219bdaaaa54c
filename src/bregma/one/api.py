"""ONE: the door to a lab's data. Search for sessions, list what they have, load it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import bregma
from bregma.one.lazily import Opening
from bregma.one.reproducing import Reproducing

if TYPE_CHECKING:
    from pathlib import Path

    from bregma.one.server.parameters import ServerParameters


class One(Opening, Reproducing):
    """Search, list and load the data of a folder with tables; the network is never asked.

    Parameters
    ----------
    cache_dir : path, optional
        The folder; by default that of the server which is set up as default.
    mode : {'local', 'remote'}
        As of :class:`ONE`.
    wildcards : bool
        Whether ``*``, ``?`` and ``[…]`` stand for any characters in names of files and collections.
    tables_dir : path, optional
        Where the tables are, if not in the folder.
    """

    version = bregma.__version__

    def __init__(
        self,
        cache_dir: Path | str | None = None,
        mode: str = "local",
        wildcards: bool = True,
        tables_dir: Path | str | None = None,
    ) -> None:
        super().__init__(cache_dir=cache_dir, mode=mode, wildcards=wildcards, tables_dir=tables_dir)


class OneAlyx(One):
    """Search, list and load the data of a server, with arguments in the order of IBL's class of this name.

    Parameters
    ----------
    username, password, base_url, cache_dir, mode, wildcards, tables_dir, **options
        As of :class:`ONE`.
    """

    def __init__(
        self,
        username: str | None = None,
        password: str | None = None,
        base_url: str | None = None,
        cache_dir: Path | str | None = None,
        mode: str = "remote",
        wildcards: bool = True,
        tables_dir: Path | str | None = None,
        **options: Any,
    ) -> None:
        options |= {"cache_dir": cache_dir, "mode": mode, "wildcards": wildcards, "tables_dir": tables_dir}
        Reproducing.__init__(self, base_url, username, password, **options)


class ONE(OneAlyx):
    """Search, list and load the data of a server, a folder, a zip or an object store, online or offline.

    Nothing is global: several may live side by side, be shared between threads, and be pickled.

    Parameters
    ----------
    base_url : str or path, optional
        The server; by default the environment's BREGMA_URL, else the one set up as default, else the one on this
        machine. Or a folder, a ``.zip`` (path or address), or ``s3://bucket/prefix``, which needs no server.
    username, password : str, optional
        Sign in with these.
    token : str, optional
        Sign in with this; by default BREGMA_TOKEN (if the server is BREGMA_URL's, where that is set), else the saved
        one.
    cache_dir : path, optional
        Where files go; by default a folder for this server in the cache of bregma. Given alone, it is a folder of
        tables and files to open (``mode='local'``), unless a server was set up with it.
    mode : {'remote', 'local'}
        Whether to ask the server, or the tables on this machine (made by ``load_cache``) and never the network.
    wildcards : bool
        Whether ``*``, ``?`` and ``[…]`` stand for any characters in names of files and collections.
    tables_dir : path, optional
        Where the tables are, if not in the cache folder.
    silent : bool
        No progress bars. Nothing is ever asked on the terminal.
    cache_rest : {None, 'GET'}
        Whether answers of the server are kept for five minutes; see :class:`AlyxClient`.
    bandwidth : float, optional
        At most so many bytes per second, all downloads together.
    client : AlyxClient, optional
        Who talks to the server, instead of one made from the above.

    Raises
    ------
    AuthenticationError
        If the password is wrong.
    PlaceNotFound
        If there is nothing to open.

    Examples
    --------
    >>> one = ONE()  # doctest: +SKIP
    >>> eid = one.search(subject="KS014", date="2019-08-30")[0]  # doctest: +SKIP
    >>> trials = one.load_object(eid, "trials")  # doctest: +SKIP
    >>> trials.goCue_times  # doctest: +SKIP
    """

    def __init__(
        self,
        base_url: str | Path | None = None,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        cache_dir: Path | str | None = None,
        mode: str | None = None,
        wildcards: bool = True,
        **options: Any,
    ) -> None:
        Reproducing.__init__(self, base_url, username, password, token, cache_dir, mode, wildcards, **options)

    @classmethod
    def open(cls, place: str | Path, **options: Any) -> Self:
        """Open a folder, a ``.zip`` (path or address), an object store (``s3://bucket/prefix``) or a server.

        Tables of an archive or object store are copied into the user's cache, and files as they are loaded.

        Parameters
        ----------
        place : str or path
            What to open.
        **options
            As of :class:`ONE`.

        Raises
        ------
        PlaceNotFound, TablesMissing
            If there is nothing, or nothing that can be searched.
        """
        return cls(place, **options)

    @staticmethod
    def setup(
        base_url: str | None = None,
        silent: bool = True,
        make_default: bool | None = None,
        username: str | None = None,
        cache_dir: Path | str | None = None,
    ) -> ServerParameters:
        """Remember a server for later runs: who signs in, where its files go, and whether it is the default.

        Nothing is asked on the terminal; the password or token is given to ``bregma login`` or ``ONE``.

        Parameters
        ----------
        base_url : str, optional
            The server; by default the one that ``ONE()`` would ask.
        silent : bool
            Taken for scripts of IBL's ONE; it is always silent.
        make_default : bool, optional
            Whether ``ONE()`` asks this server from now on; the first server set up is the default.
        username : str, optional
            Who signs in.
        cache_dir : path, optional
            Where files go.

        Returns
        -------
        ServerParameters
            What is remembered.
        """
        from bregma.one.server.signing_in import remember_server

        return remember_server(base_url, username, cache_dir, make_default=bool(make_default))

    @staticmethod
    def cache_clear() -> None:
        """Do nothing: no instance is kept between calls. Taken for scripts of IBL's ONE."""
