"""Entering water, weights, notes and quality: each call is an entry of its own."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf import QC
from bregma.one.client import AlyxClient
from bregma.one.registration.lookups import Lookups, ensure_ISO8601

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    Moment = str | date | datetime | None


class Entries(Lookups):
    """Enters what is done with animals and said of data; part of ``RegistrationClient``."""

    def register_water_administration(
        self,
        subject: str,
        volume: float,
        *,
        date_time: Moment = None,
        water_type: str = "Water",
        user: str | None = None,
        session: object = None,
        adlib: bool = False,
    ) -> dict[str, Any]:
        """Enter water that a subject was given.

        Parameters
        ----------
        subject : str
            The nickname.
        volume : float
            In ml, more than 0.
        date_time : str, date or datetime, optional
            When; now, if not given.
        water_type : str
            As the database calls it.
        user : str, optional
            Who gave it; by default who is signed in.
        session : id, path or reference, optional
            The session it was given in.
        adlib : bool
            Whether it was given ad libitum.

        Raises
        ------
        ValueError
            If the volume is not positive, or a time none.
        SubjectNotFound, MemberNotFound, SessionNotFound
            If the server does not know one of them.
        """
        _check_positive(volume, "volume of water", "ml")
        data = {"water_administered": _rounded(volume), "water_type": water_type, "adlib": adlib}
        data |= self._whose(subject, user, date_time)
        if session is not None:
            data["session"] = str(self._eid(session))
        record: dict[str, Any] = self._alyx.rest("water-administrations", "create", data=data)
        return record

    def register_weight(
        self, subject: str, weight: float, date_time: Moment = None, user: str | None = None
    ) -> dict[str, Any]:
        """Enter a subject's weight in grams; raises as ``register_water_administration``."""
        _check_positive(weight, "weight", "g")
        data = {"weight": _rounded(weight), **self._whose(subject, user, date_time)}
        record: dict[str, Any] = self._alyx.rest("weighings", "create", data=data)
        return record

    def register_note(
        self,
        object_id: UUID | str,
        text: str,
        *,
        image: str | Path | None = None,
        content_type: str = "session",
        user: str | None = None,
    ) -> dict[str, Any]:
        """Enter a note, with a picture or without.

        Parameters
        ----------
        object_id : UUID or str
            What it is about.
        text : str
            The words.
        image : path, optional
            A picture to show with it.
        content_type : str
            What it is about: ``session``, ``subject``, ``probeinsertion`` …
        user : str, optional
            Who wrote it; by default who is signed in.
        """
        data = {
            "user": user or self._alyx.user,
            "content_type": content_type,
            "object_id": str(object_id),
            "text": text,
        }
        with ExitStack() as stack:
            files = {"image": stack.enter_context(Path(image).open("rb"))} if image else None
            record: dict[str, Any] = self._alyx.rest("notes", "create", data=data, files=files)
        return record

    def register_session_qc(
        self, session: object, outcome: QC | str | int, extended_qc: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Set the quality of a session, and keys of its extended quality; other keys stay."""
        eid = self._eid(session)
        if extended_qc:
            self._alyx.json_field_update("sessions", eid, "extended_qc", extended_qc)
        record: dict[str, Any] = self._alyx.rest("sessions", "partial_update", eid, data={"qc": QC.parse(outcome).name})
        return record

    def register_dataset_qc(self, dataset: UUID | str, outcome: QC | str | int) -> dict[str, Any]:
        """Set the quality of a dataset."""
        data = {"qc": QC.parse(outcome).name}
        record: dict[str, Any] = self._alyx.rest("datasets", "partial_update", dataset, data=data)
        return record

    def _eid(self, session: Any) -> object:
        return session if isinstance(self.one, AlyxClient) else self.one.to_eid(session)

    def _whose(self, subject: str, user: str | None, moment: Moment) -> dict[str, Any]:
        """Check who is meant, and write when."""
        when = ensure_ISO8601(moment)
        self.assert_exists(subject, "subjects")
        if user is not None:
            self.assert_exists(user, "users")
        return {"subject": subject, "user": user or self._alyx.user, "date_time": when}


def _check_positive(value: float, what: str, unit: str) -> None:
    if not value > 0:
        raise ValueError(f"a {what} is more than 0 {unit}, not {value}")


def _rounded(value: float) -> float:
    """Round to four digits that count."""
    return float(f"{value:.4g}")
