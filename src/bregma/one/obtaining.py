"""Bringing files of sessions to this machine, for whatever loads them, and recording it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bregma.alf.errors import ALFWarning
from bregma.one.caution import warn
from bregma.one.converting import Converting
from bregma.one.errors import FileNotDownloaded
from bregma.one.recording import write_ids
from bregma.one.selection.revisions import choose_revisions, warn_of_mixture, warn_of_unmarked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from bregma.alf import ALFPath
    from bregma.one.records import Dataset, Session


class Obtaining(Converting):
    """Obtains the files that are to be loaded."""

    _default_revision: str | None = None

    @property
    def default_revision(self) -> str | None:
        """The ``revision`` of every load that is given none: by default the environment's ONE_REVISION_LAST_BEFORE."""
        return self._default_revision or os.environ.get("ONE_REVISION_LAST_BEFORE") or None

    @default_revision.setter
    def default_revision(self, revision: str | None) -> None:
        self._default_revision = revision

    def save_loaded_ids(self, sessions_only: bool = False, clear_list: bool = True) -> tuple[list[UUID], Path | None]:
        """Write the ids of what was loaded, since ``record_loaded`` was set, to a file beside the tables.

        Parameters
        ----------
        sessions_only : bool
            Whether the ids of the sessions are wanted instead of those of the datasets.
        clear_list : bool
            Whether they are forgotten then.

        Returns
        -------
        list of UUID, Path or None
            The ids, each once, and the file, a table with the column ``session_uuid`` or ``dataset_uuid``; no file
            where nothing was recorded.
        """
        entries = self.recorder.entries
        if not entries:
            warn("nothing was recorded; set one.record_loaded = True and load something")
            return [], None
        ids = list(dict.fromkeys(one.eid if sessions_only else one.id for _, one in entries))
        path = write_ids(self.tables_dir, "session_uuid" if sessions_only else "dataset_uuid", ids)
        if clear_list:
            self.recorder.clear()
        return ids, path

    def _revised(self, found: Sequence[Dataset], revision: str | None) -> list[Dataset]:
        """Choose one revision of each file, and warn where that is not plainly the right one."""
        revision = revision or self.default_revision
        if revision is None:
            warn_of_unmarked(found)
        chosen = choose_revisions(found, revision)
        warn_of_mixture(chosen)
        return chosen

    def _obtain(self, session: Session, datasets: Sequence[Dataset], check_hash: bool) -> list[ALFPath]:
        """Fetch what is missing and record what was loaded: every load goes through here."""
        paths = self._files.ensure(session, datasets, check_hash=check_hash)
        if self.record_loaded:
            self.recorder.add(session, datasets)
        return paths

    def _obtain_here(self, session: Session, datasets: Sequence[Dataset], check_hash: bool) -> list[ALFPath]:
        """Obtain files; offline, those that are here, with a warning that names the others."""
        try:
            return self._obtain(session, datasets, check_hash)
        except FileNotDownloaded:
            paths = [self._obtain_or_none(session, one, check_hash) for one in datasets] if self.offline else []
            if not any(paths):
                raise
        absent = [one.rel_path for one, path in zip(datasets, paths, strict=True) if path is None]
        warn(f"not on this machine, so not loaded: {', '.join(absent)}", ALFWarning)
        return [path for path in paths if path is not None]

    def _obtain_or_none(self, session: Session, dataset: Dataset, check_hash: bool) -> ALFPath | None:
        try:
            return self._obtain(session, [dataset], check_hash)[0]
        except FileNotDownloaded:
            return None
