"""The kinds of files that people have: CSV from anywhere, and workbooks."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from django.core.cache import caches
from import_export.formats import base_formats
from import_export.tmp_storages import BaseStorage

from bregma.alyx.errors import InvalidRequest

KEPT_FOR = 3600
MOST_UNPACKED = 20 * 1024**2
"""Bytes of a workbook once unpacked: far more than any table of a thousand rows."""
DELIMITERS = (",", ";", "\t")


class Csv(base_formats.CSV):  # type: ignore[misc]
    """Text between commas, or what the spreadsheet of another country writes instead."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        """Read it by the delimiter that its first line has most of."""
        text = in_stream.decode(self.encoding or "utf-8-sig") if isinstance(in_stream, bytes) else in_stream
        first = text.partition("\n")[0]
        return super().create_dataset(text, delimiter=max(DELIMITERS, key=first.count), **kwargs)


class Xlsx(base_formats.XLSX):  # type: ignore[misc]
    """A workbook; its first sheet counts."""

    def create_dataset(self, in_stream: Any) -> Any:
        """Read it, if it does not unpack to more than memory should hold.

        Raises
        ------
        InvalidRequest
            Naming how large it is.
        """
        with ZipFile(BytesIO(in_stream)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > MOST_UNPACKED:
            raise InvalidRequest(f"the workbook unpacks to {size / 1e6:.0f} MB; send up to {MOST_UNPACKED / 1e6:.0f}")
        return super().create_dataset(in_stream)


class KeptFile(BaseStorage):  # type: ignore[misc]
    """A file between its preview and its import, for an hour, where every web process finds it."""

    def save(self, data: bytes) -> None:
        """Keep it under a name that nobody guesses."""
        self.name = uuid4().hex
        caches["shared"].set(f"import-{self.name}", data, KEPT_FOR)

    def read(self) -> bytes:
        """Return it.

        Raises
        ------
        InvalidRequest
            If it was kept too long.
        """
        found: bytes | None = caches["shared"].get(f"import-{self.name}")
        if found is None:
            raise InvalidRequest("The preview is older than an hour; send the file again.")
        return found

    def remove(self) -> None:
        """Forget it."""
        caches["shared"].delete(f"import-{self.name}")
