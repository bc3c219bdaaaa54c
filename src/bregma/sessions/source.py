"""The files of one session as loaders see them: which there are, reading some of them, and what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC, AlfBunch, ALFError, ALFWarning, load_object
from bregma.one import ONEError
from bregma.one.caution import warn
from bregma.one.records import Dataset, Session
from bregma.one.selection.revisions import choose_revisions
from bregma.sessions.errors import AmbiguousCollection, DataMissing, SessionDataError
from bregma.sessions.protocols import ID, DataSource, DerivedSource, FileSource
from bregma.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

DEFAULT_COLLECTION = "alf"
FAULTS = (SessionDataError, ONEError, StoreError, ALFError)
"""What may be wrong with one file or object without taking the others with it."""
_NO_ID = UUID(int=0)


@dataclass
class SessionFiles:
    """The files of one session: listed once, and remembered by what they were loaded for.

    Parameters
    ----------
    source
        ONE, or anything with a few of its methods.
    eid
        The session.
    revision
        Of each file the last revision up to this one; by default the default ones.
    """

    source: DataSource
    eid: ID
    revision: str | None = None
    faults: dict[str, dict[str, str]] = field(default_factory=dict, init=False)
    """By what was loaded: files that could not be had or read, and why."""
    _used: dict[str, list[Dataset]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _listed(self) -> tuple[Session | None, list[Dataset]]:
        if isinstance(self.source, FileSource):
            session, datasets = self.source.files_of(self.eid)
            return session, [one for one in datasets if one.qc <= QC.FAIL]
        paths = [str(path) for path in self.source.list_datasets(self.eid)]
        return None, [Dataset(id=_NO_ID, eid=_NO_ID, rel_path=path) for path in paths]

    def take_listing(self, other: SessionFiles) -> None:
        """Know the files from another who listed the same session, instead of asking again."""
        self.__dict__["_listed"] = other._listed

    @property
    def session(self) -> Session | None:
        """The record of the session, where the source tells it."""
        return self._listed[0]

    @property
    def datasets(self) -> list[Dataset]:
        """All files of the session, every revision, but those of critical quality."""
        return self._listed[1]

    @property
    def chosen(self) -> list[Dataset]:
        """One revision of each file: that of the session loader."""
        return choose_revisions(self.datasets, self.revision or getattr(self.source, "default_revision", None))

    @cached_property
    def objects(self) -> dict[str, set[str]]:
        """Objects (``trials``, ``spikes``) in each collection."""
        found: dict[str, set[str]] = {}
        for dataset in self.datasets:
            if dataset.parts is not None:
                found.setdefault(dataset.collection, set()).add(dataset.parts.object)
        return found

    def find(
        self,
        name: str,
        attributes: Iterable[str] | None = None,
        *,
        collection: str | None = None,
        revision: str | None = None,
    ) -> list[Dataset]:
        """Choose the files of an object: all attributes or some, in one collection, one revision of each.

        Parameters
        ----------
        name
            The object.
        attributes
            Only these, as the middle of the file name says them.
        collection
            Where; by default the only collection that has such files, or ``alf`` when several have.
        revision
            Instead of the session's.

        Raises
        ------
        DataMissing, AmbiguousCollection
            If no collection, or several, have such files.
        """
        wanted = None if attributes is None else set(attributes)
        found = [one for one in self.datasets if _is_of(one, name, wanted)]
        chosen = self._choose(name, found, wanted) if collection is None else collection
        here = [one for one in found if one.collection == chosen]
        of_revision = choose_revisions(
            here, revision or self.revision or getattr(self.source, "default_revision", None)
        )
        if not of_revision:
            where = f"in collection {chosen!r} of session {self.eid}{self._upto(revision, here)}"
            raise DataMissing(f"no {_say(name, wanted)} {where}", "" if here else self.describe())
        return of_revision

    def load(self, purpose: str, datasets: Sequence[Dataset]) -> AlfBunch:
        """Read files of one object, and remember them as those of a purpose, such as ``trials``.

        A file that cannot be had or read is left out, with a warning, and noted in ``faults``.

        Raises
        ------
        DataMissing
            If none of them can be.
        """
        self.faults.pop(purpose, None)
        parts = datasets[0].parts
        assert parts is not None  # as `find` chose them by their parts
        bunch, used = self._read(purpose, datasets, parts.object)
        if not used:
            told = f"no file of {parts.object} of session {self.eid} can be loaded"
            raise DataMissing(f"{told}: {self.say_faults(purpose)}")
        if faults := self.say_faults(purpose):
            warn(f"{purpose} of session {self.eid} are not whole: {faults}", ALFWarning, room="bregma.")
        self._remember(purpose, used)
        return bunch

    def say_faults(self, purpose: str) -> str:
        """Say which files of a purpose could not be had or read, and why; nothing, if all could."""
        return "; ".join(f"{path}: {reason}" for path, reason in self.faults.get(purpose, {}).items())

    def bring(self, purpose: str, dataset: Dataset) -> Path:
        """Bring one file here, and remember it as one of a purpose.

        Raises
        ------
        DataMissing
            If the source only loads whole objects.
        """
        source, session = self._need_files(dataset)
        path: Path = source.bring(session, [dataset])[0]
        self._remember(purpose, [dataset])
        return path

    def open(self, purpose: str, dataset: Dataset, *, explained: Mapping[str, Any] | None = None) -> Any:
        """Open one file where it is, so that only parts of it are read; remember it as one of a purpose.

        Parameters
        ----------
        purpose, dataset
            What for, and the file.
        explained
            How to read it, where no file of the convention beside it says so.

        Raises
        ------
        DataMissing
            If the source only loads whole objects.
        """
        source, session = self._need_files(dataset)
        opened = source.open_file(session, dataset, self.datasets, explained=explained)
        self._remember(purpose, [dataset])
        return opened

    def forget(self, purpose: str) -> None:
        """Forget what was loaded for a purpose, and for parts of it (``pose.leftCamera`` of ``pose``)."""
        for known in (self._used, self.faults):
            for key in [key for key in known if key == purpose or key.startswith(f"{purpose}.")]:
                del known[key]

    @property
    def purposes(self) -> list[str]:
        """What files were loaded for."""
        return list(self._used)

    @property
    def provenance(self) -> pd.DataFrame:
        """The files that were loaded: attribute, dataset (id), path, revision, hash (md5) and size (bytes) of each."""
        import pandas as pd

        rows = [_describe(purpose, one) for purpose, files in self._used.items() for one in self._origins(files)]
        return pd.DataFrame(rows, columns=["attribute", "dataset", "path", "revision", "hash", "size"])

    def _origins(self, used: list[Dataset]) -> list[Dataset]:
        """Return the files that those of a derived source were made of, each once; else the same."""
        if not isinstance(self.source, DerivedSource):
            return used
        found = [origin for one in used for origin in self.source.origins_of(one.rel_path)]
        return list({one.rel_path: one for one in found}.values()) or used

    def describe(self) -> str:
        """Say what the session has."""
        listed = [f"{folder or '.'}: {', '.join(sorted(names))}" for folder, names in sorted(self.objects.items())]
        return f"it has {'; '.join(listed)}" if listed else "it has no datasets"

    def _remember(self, purpose: str, used: Iterable[Dataset]) -> None:
        self._used[purpose] = list({one.rel_path: one for one in [*self._used.get(purpose, []), *used]}.values())

    def _need_files(self, dataset: Dataset) -> tuple[FileSource, Session]:
        if not isinstance(self.source, FileSource) or self.session is None:
            raise DataMissing(f"{dataset.rel_path} is a file, and this source only loads objects; use bregma.one.ONE")
        return self.source, self.session

    def _choose(self, name: str, found: list[Dataset], wanted: set[str] | None) -> str:
        having = {one.collection for one in found}
        if not having:
            raise DataMissing(f"no {_say(name, wanted)} in session {self.eid}", self.describe())
        if len(having) > 1 and DEFAULT_COLLECTION not in having:
            listed = ", ".join(sorted(having))
            raise AmbiguousCollection(f"session {self.eid} has {name} in {listed}; name one as collection=")
        return DEFAULT_COLLECTION if len(having) > 1 else having.pop()

    def _upto(self, revision: str | None, here: list[Dataset]) -> str:
        """Say that there are files, but of later revisions only."""
        if not here:
            return ""
        listed = ", ".join(sorted({one.revision or "the first" for one in here}))
        return f" up to revision {revision or self.revision!r}; its revisions: {listed}"

    def _read(self, purpose: str, datasets: Sequence[Dataset], name: str) -> tuple[AlfBunch, Sequence[Dataset]]:
        if not isinstance(self.source, FileSource):
            return self._ask(datasets, name), datasets
        assert self.session is not None
        try:
            return load_object(self.source.bring(self.session, datasets), name), datasets
        except FAULTS:
            return self._read_each(purpose, datasets, name)

    def _read_each(self, purpose: str, datasets: Sequence[Dataset], name: str) -> tuple[AlfBunch, list[Dataset]]:
        bunch, used = AlfBunch(), []
        for one in datasets:
            part, good = AlfBunch(), []
            try:
                assert isinstance(self.source, FileSource)
                assert self.session is not None
                good = self.source.bring(self.session, [one])
                part = load_object(good, name)
            except FAULTS as error:
                self.faults.setdefault(purpose, {})[one.rel_path] = str(error)
                continue
            bunch.update(part)
            used.append(one)
        return bunch, used

    def _ask(self, datasets: Sequence[Dataset], name: str) -> AlfBunch:
        """Ask a source that only loads whole objects, and keep the attributes that are meant."""
        content: Mapping[str, Any] = self.source.load_object(self.eid, name, collection=datasets[0].collection)
        meant = {one.parts.key for one in datasets if one.parts}
        return AlfBunch(content if "table" in meant else {key: content[key] for key in content if key in meant})


def _is_of(dataset: Dataset, name: str, attributes: set[str] | None) -> bool:
    parts = dataset.parts
    return parts is not None and parts.object == name and (attributes is None or parts.attribute in attributes)


def _say(name: str, attributes: set[str] | None) -> str:
    return name if attributes is None else f"{name} ({' or '.join(sorted(attributes))})"


def _describe(purpose: str, dataset: Dataset) -> dict[str, Any]:
    key = "" if dataset.id == _NO_ID else str(dataset.id)
    told = {"attribute": purpose, "dataset": key, "path": dataset.rel_path, "revision": dataset.revision}
    return {**told, "hash": dataset.hash, "size": dataset.file_size}
