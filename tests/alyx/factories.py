"""A small collaboration: alice owns KS014, dora is her delegate, bob shares her lab, charlie is a stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rest_framework.test import APIClient

from bregma.alyx.accounts import create_user, token_for
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import DataFormat, DataRepository, Dataset, DatasetType, FileRecord, Revision, Tag
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.subjects.models import Subject

Clients = Callable[[str], APIClient]
"""Makes REST clients by the names of people: what the fixture ``client_of`` is."""
PASSWORD = "correct horse battery"
HASH = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class World:
    """The people, and what alice owns."""

    people: dict[str, LabMember]
    lab: Lab
    other_lab: Lab
    subject: Subject
    session: Session

    def token(self, name: str) -> dict[str, str]:
        """Headers that say who asks; none for an anonymous visitor."""
        return {} if name == "anonymous" else {"Authorization": f"Token {token_for(name)}"}


def make_world() -> World:
    """Make the labs, people, a subject and a session."""
    lab = Lab.objects.create(name="mainenlab", reference_weight_pct=0.8)
    other = Lab.objects.create(name="otherlab")
    people = {
        "root": create_user("root", PASSWORD, superuser=True),
        "stock": create_user("stock", PASSWORD, stock_manager=True),
        "alice": create_user("alice", PASSWORD, email="alice@example.org", labs=["mainenlab"]),
        "dora": create_user("dora", PASSWORD, labs=["otherlab"]),
        "bob": create_user("bob", PASSWORD, labs=["mainenlab"]),
        "charlie": create_user("charlie", PASSWORD, labs=["otherlab"]),
        "visitor": create_user("visitor", PASSWORD, public=True),
    }
    people["alice"].allowed_users.add(people["dora"])
    subject = Subject.objects.create(nickname="KS014", lab=lab, responsible_user=people["alice"], sex="M")
    return World(people, lab, other, subject, make_session(subject))


def make_session(subject: Subject, number: int = 1, day: date = date(2024, 1, 31)) -> Session:
    """Make a session at ten in the morning, UTC."""
    start = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return Session.objects.create(
        subject=subject, lab=subject.lab, number=number, start_time=start, task_protocol="trainingChoiceWorld"
    )


def make_dataset(
    session: Session,
    name: str = "_ibl_trials.table.pqt",
    *,
    tag: Tag | None = None,
    revision: str | None = None,
    digest: str = HASH,
) -> Dataset:
    """Make a dataset in alf/, held by this installation's store."""
    dataset = Dataset.objects.create(
        session=session,
        name=name,
        collection="alf",
        dataset_type=DatasetType.objects.get(name="trials.table"),
        data_format=DataFormat.objects.get(name="parquet"),
        revision=Revision.objects.get_or_create(name=revision)[0] if revision else None,
        file_size=10,
        hash=digest,
        default_dataset=not revision,
    )
    if tag:
        dataset.tags.add(tag)
    folder = f"alf/#{revision}#" if revision else "alf"
    repository, _ = DataRepository.objects.get_or_create(name=f"local_{session.lab}", globus_is_personal=False)
    FileRecord.objects.create(
        dataset=dataset,
        data_repository=repository,
        exists=True,
        relative_path=f"{session.subject}/{session.start_time:%Y-%m-%d}/{session.number:03d}/{folder}/{name}",
    )
    return dataset
