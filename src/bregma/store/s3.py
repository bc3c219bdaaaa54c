"""A store in a bucket of Amazon S3, or of any server that speaks its language."""

from __future__ import annotations

import os
import re
from configparser import ConfigParser
from configparser import Error as ConfigError
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.later import need_package
from bregma.store.errors import AccessDenied, FileMissing, StoreError, StoreUnavailable
from bregma.store.hashes import CHUNK, Fingerprint
from bregma.store.keys import check_key
from bregma.store.protocol import Entry
from bregma.store.spool import hash_by_reading, spooled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import obstore.store

_MD5_TAG = re.compile(r'"?([0-9a-f]{32})"?')
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Keys:
    """What proves who asks a bucket; never shown."""

    access: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def find_keys(environment: Mapping[str, str], profile: str | None = None) -> Keys | None:
    """Find keys as Amazon's tools do: in the environment, then in a profile of ``~/.aws/credentials``.

    Parameters
    ----------
    environment : mapping
        Such as ``os.environ``.
    profile : str, optional
        The profile; by default AWS_PROFILE, else ``default``. If given, only the file is looked at.

    Raises
    ------
    StoreError
        If that file cannot be understood.
    """
    access, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if access and secret and profile is None:
        return Keys(access, secret, environment.get("AWS_SESSION_TOKEN"))
    path = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or Path.home() / ".aws" / "credentials")
    config = ConfigParser(interpolation=None)
    try:
        config.read(path)
    except ConfigError as error:
        raise StoreError(
            f"{path} cannot be read as a file of credentials: line {getattr(error, 'lineno', '?')}"
        ) from None
    name = profile or environment.get("AWS_PROFILE") or "default"
    found = config[name] if config.has_section(name) else {}
    if "aws_access_key_id" not in found or "aws_secret_access_key" not in found:
        return None
    return Keys(found["aws_access_key_id"], found["aws_secret_access_key"], found.get("aws_session_token"))


class S3Store:
    """Files of a bucket, under ``prefix/key``. Keys come from the environment or a profile, never from a database.

    Parameters
    ----------
    bucket : str
        The bucket.
    prefix : str
        Put before each key.
    endpoint : str, optional
        The server's address; by default AWS_ENDPOINT_URL, else Amazon's.
    region : str, optional
        By default AWS_REGION or AWS_DEFAULT_REGION, else us-east-1.
    keys : Keys, optional
        By default those of the environment or the profile.
    profile : str, optional
        A profile of ``~/.aws/credentials``.
    anonymous : bool, optional
        Sign no request; by default so if no keys are found.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint: str | None = None,
        region: str | None = None,
        keys: Keys | None = None,
        profile: str | None = None,
        anonymous: bool | None = None,
    ) -> None:
        self.bucket, self.prefix = bucket, prefix.strip("/")
        self._endpoint = endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self._region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _REGION
        found = None if anonymous else keys or find_keys(os.environ, profile)
        self._given, self._profile = keys, profile
        self._anonymous = found is None if anonymous is None else anonymous
        self._store = self._connect(found, anonymous=self._anonymous)

    def __repr__(self) -> str:
        return f"S3Store('s3://{self.bucket}/{self.prefix}')"

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_store"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        found = self._given or find_keys(os.environ, self._profile)  # what was found does not travel
        keys = None if self._anonymous else found
        if keys is None and not self._anonymous:
            raise AccessDenied(f"{self!r} has no keys in this process; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        self._store = self._connect(keys, anonymous=self._anonymous)

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Find the files whose key begins with a prefix, in order of their keys."""
        folder = check_key(prefix.rpartition("/")[0]) if "/" in prefix else None
        with self._errors(prefix):
            found = [item for batch in self._store.list(folder) for item in batch]
        entries = (Entry(item["path"], item["size"], item["last_modified"]) for item in found)
        yield from sorted((one for one in entries if one.key.startswith(prefix)), key=lambda one: one.key)

    def stat(self, key: str) -> Entry:
        """Look up one file; raises FileMissing."""
        meta = self._head(key)
        return Entry(key, meta["size"], meta["last_modified"])

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks; raises FileMissing."""
        check_key(key)
        if start or stop is not None:
            size = self.stat(key).size
            stop = size if stop is None else min(stop, size)
            if start >= stop:
                return
        with self._errors(key):
            wanted = {} if stop is None else {"range": (start, stop)}
            for chunk in self._store.get(key, options=wanted).stream(min_chunk_size=CHUNK):  # type: ignore[arg-type]
                yield bytes(chunk)

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> Entry:
        """Store a file, wholly or not at all; raises HashMismatch if size or md5 differ from those given.

        Chunks are gathered in a temporary file first, so that they are measured before anything is sent.
        """
        check_key(key)
        with spooled(source, Fingerprint(size, md5), key) as path, self._errors(key):
            self._store.put(key, path)
        return self.stat(key)

    def hash(self, key: str) -> str:
        """Tell the md5 of a file, from its tag if that is one (small uploads), else by reading it."""
        tag = _MD5_TAG.fullmatch(self._head(key).get("e_tag") or "")
        return tag[1] if tag else hash_by_reading(self, key)

    def delete(self, key: str) -> None:
        """Remove a file; raises FileMissing if there is none."""
        self._head(key)
        with self._errors(key):
            self._store.delete(key)

    def _head(self, key: str) -> Any:
        with self._errors(key):
            return self._store.head(check_key(key))

    def _connect(self, keys: Keys | None, *, anonymous: bool) -> obstore.store.S3Store:
        need_package("obstore", "stores")
        from obstore.store import S3Store as Bucket

        options: dict[str, Any] = {"region": self._region, "skip_signature": anonymous}
        if self._endpoint:
            options |= {"endpoint": self._endpoint, "virtual_hosted_style_request": False}
            options["client_options"] = {"allow_http": self._endpoint.startswith("http://")}
        if keys is not None:
            options |= {"access_key_id": keys.access, "secret_access_key": keys.secret}
            options |= {"session_token": keys.token} if keys.token else {}
        return Bucket(self.bucket, prefix=self.prefix or None, **options)

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Say what went wrong in this room's errors, in one line."""
        from obstore import exceptions

        try:
            yield
        except FileNotFoundError as error:
            raise FileMissing(f"no file {key!r} in {self!r}; register and send it first") from error
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise AccessDenied(
                f"{self!r} refuses {key!r}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, "
                "or ask for access to this bucket"
            ) from error
        except exceptions.BaseError as error:
            reason = str(error).partition("\n")[0]
            raise StoreUnavailable(f"{self!r} failed with {key!r}: {reason}") from error
