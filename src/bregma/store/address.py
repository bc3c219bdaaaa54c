"""Opening a store by its address, whatever lies behind it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from bregma.later import need_package
from bregma.store.errors import FileMissing, StoreError
from bregma.store.http import HTTPStore
from bregma.store.local import LocalStore

if TYPE_CHECKING:
    from bregma.store.protocol import Store

TOKEN_VARIABLE = "BREGMA_GLOBUS_TOKEN"  # noqa: S105 - the name of a variable
LANDING_VARIABLE = "BREGMA_GLOBUS_LANDING"
_HELP = "a folder, a .zip, or an address beginning with http://, https://, s3://, ftp://, ftps://, globus:// or file://"


def open_store(address: str | Path) -> Store:
    """Open a store.

    Parameters
    ----------
    address : str or Path
        A folder; a ``.zip`` by path or web address; ``https://host/path``; ``s3://bucket/prefix`` (server, region
        and keys from the environment or ``~/.aws``); ``ftps://user@host/folder`` (``ftp://``: not encrypted; the
        password from ``~/.netrc``); ``globus://endpoint/folder`` (a token from BREGMA_GLOBUS_TOKEN, this machine's
        endpoint and folder from BREGMA_GLOBUS_LANDING, as ``id:/folder``).

    Returns
    -------
    Store
        Nothing has been asked of it yet.

    Raises
    ------
    FileMissing
        If a folder or zip of this machine is not there.
    StoreError
        If the address is of no known kind, or what it needs is not set up.
    """
    text = str(address)
    parts = urlsplit(text, allow_fragments=False) if "://" in text else None
    if parts is None or parts.scheme == "file":
        return _local(Path(unquote(parts.path) if parts else text).expanduser())
    if parts.scheme in {"http", "https"}:
        return _web(text)
    if parts.scheme == "s3":
        return _bucket(parts)
    if parts.scheme in {"ftp", "ftps"}:
        return _ftp(parts)
    if parts.scheme == "globus":
        return _globus(parts)
    raise StoreError(f"{parts.scheme}:// is no address of a store; give {_HELP}")


def _local(path: Path) -> Store:
    from bregma.store.zipped import ZipStore

    if path.is_dir():
        return LocalStore(path)
    if path.is_file() and path.suffix.lower() == ".zip":
        return ZipStore(path)
    raise FileMissing(f"no folder or .zip {path}; give {_HELP}")


def _web(address: str) -> Store:
    from bregma.store.zipped import ZipStore

    plain, _, query = address.partition("?")
    scheme, _, rest = plain.partition("://")
    host, slash, path = rest.partition("/")
    user, _, host = host.rpartition("@")
    name, _, password = user.partition(":")
    auth = (unquote(name), unquote(password)) if user else None
    plain = f"{scheme}://{host}{slash}{path}"
    if not plain.lower().endswith(".zip"):
        return HTTPStore(plain, query=query, auth=auth)
    folder, _, name = plain.rpartition("/")
    return ZipStore(HTTPStore(folder, query=query, auth=auth), unquote(name))


def _bucket(parts: SplitResult) -> Store:
    from bregma.store.s3 import S3Store
    from bregma.store.zipped import ZipStore

    folder, _, name = parts.path.strip("/").rpartition("/")
    if name.lower().endswith(".zip"):
        return ZipStore(S3Store(parts.netloc, folder), name)
    return S3Store(parts.netloc, parts.path)


def _ftp(parts: SplitResult) -> Store:
    from ftplib import FTP_PORT

    from bregma.store.ftp import FTPStore

    host = parts.hostname or ""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not password:
        user, password = _netrc(host, user)
    tls = parts.scheme == "ftps"
    port = parts.port or FTP_PORT
    return FTPStore(host, unquote(parts.path), port=port, user=user or "anonymous", password=password, tls=tls)


def _netrc(host: str, user: str) -> tuple[str, str]:
    """Look a host up in ``~/.netrc``."""
    from netrc import NetrcParseError, netrc

    try:
        found = netrc().authenticators(host)
    except FileNotFoundError:
        return user, ""
    except NetrcParseError as error:
        raise StoreError(f"~/.netrc cannot be read: line {error.lineno}; correct it") from None
    if found is None or (user and user != found[0]):
        return user, ""
    return found[0], found[2] or ""


def _globus(parts: SplitResult) -> Store:
    from bregma.store.globus import GlobusStore, Landing

    token, landing = os.environ.get(TOKEN_VARIABLE), os.environ.get(LANDING_VARIABLE, "")
    endpoint, _, folder = landing.partition(":")
    if not token or not folder:
        raise StoreError(
            f"globus://{parts.netloc} needs {TOKEN_VARIABLE} (a token of the transfer service) and {LANDING_VARIABLE} "
            "(this machine's endpoint and a folder it sees, as id:/folder)"
        )
    need_package("globus_sdk", "stores")
    import globus_sdk

    client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
    return GlobusStore(client, parts.netloc, unquote(parts.path), landing=Landing(endpoint, Path(folder)))
