"""What is told of a session when somebody asks for details: a dict of a server's record, or rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alf import AlfBunch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from bregma.one.records import Dataset, Session

_OF_RECORDS = ("subject", "start_time", "number", "lab", "url", "task_protocol", "date")


def summarize(session: Session, root: Path) -> AlfBunch | pd.Series:
    """Tell what names a session: as a dict if a server told it, as a row if tables did.

    Parameters
    ----------
    session : Session
        As it was looked up.
    root : Path
        The folder of files on this machine.
    """
    if "start_time" not in session.told:
        import pandas as pd

        return pd.Series(dict(session.told), name=session.eid, dtype=object)
    told = {name: session.told[name] for name in _OF_RECORDS if name in session.told}
    return AlfBunch({**told, "projects": ",".join(session.projects), "local_path": root / session.path})


def frame_of_session(session: Session, datasets: Iterable[Dataset]) -> pd.DataFrame:
    """Make a table of a session's files with the columns of the session, indexed by ``eid`` and ``id``."""
    from bregma.one.frames import frame_of_datasets

    return frame_of_datasets(datasets).assign(**session.told)
