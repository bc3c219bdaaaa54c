"""ONE: the door to a lab's data. Search for sessions, list what they have, load it."""

from __future__ import annotations

from bregma.one.loading import Loading


class ONE(Loading):
    """Search, list and load the data of a server, online or offline.

    Nothing is global: several may live side by side, be shared between threads, and be pickled.

    Parameters
    ----------
    base_url : str, optional
        The server; by default the environment's BREGMA_URL, else the one on this machine.
    username, password : str, optional
        Sign in with these.
    token : str, optional
        Sign in with this; by default BREGMA_TOKEN, else the saved one.
    cache_dir : path, optional
        Where files go; by default a folder for this server in the cache of bregma.
    mode : {'remote', 'local'}
        Whether to ask the server, or the tables on this machine (made by ``load_cache``) and never the network.
    wildcards : bool
        Whether ``*``, ``?`` and ``[…]`` stand for any characters in names of files and collections.
    tables_dir : path, optional
        Where the tables are, if not in the cache folder.
    client : AlyxClient, optional
        Who talks to the server, instead of one made from the above.

    Raises
    ------
    AuthenticationError
        If the password is wrong.

    Examples
    --------
    >>> one = ONE()  # doctest: +SKIP
    >>> eid = one.search(subject="KS014", date="2019-08-30")[0]  # doctest: +SKIP
    >>> trials = one.load_object(eid, "trials")  # doctest: +SKIP
    >>> trials.goCue_times  # doctest: +SKIP
    """
