"""Alyx's own tables carry the triggers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from bregma.pipelines import results

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Any:
    from bregma.alyx.actions.models import Session
    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Subject

    lab = Lab.objects.create(name="keylab")
    subject = Subject.objects.create(nickname="key01", lab=lab)
    start = datetime(2024, 1, 31, 10, tzinfo=UTC)
    return Session.objects.create(subject=subject, lab=lab, number=1, start_time=start, task_protocol="training")


def ask(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # as at the end of a transaction
        cursor.execute(query)
        return list(cursor.fetchall())


def test_a_session_has_a_key_with_its_subject_and_time(session: Any) -> None:
    rows = ask("select session_uuid, subject_uuid, start_time, number, task_protocol from bregma_keys.session")
    assert rows == [(str(session.pk), str(session.subject_id), datetime(2024, 1, 31, 10), 1, "training")]  # noqa: DTZ001
    session.delete()
    assert ask("select * from bregma_keys.session") == []


def test_trials_become_an_input_when_their_file_is_there(session: Any) -> None:
    from bregma.alyx.data.models import DataFormat, DataRepository, Dataset, DatasetType, FileRecord

    dataset = Dataset.objects.create(
        session=session,
        name="_ibl_trials.table.pqt",
        collection="alf",
        hash="0" * 32,
        dataset_type=DatasetType.objects.get(name="trials.table"),
        data_format=DataFormat.objects.get(name="parquet"),
    )
    repository = DataRepository.objects.create(name="key repository")
    path = "key01/2024-01-31/001/alf/_ibl_trials.table.pqt"
    record = FileRecord.objects.create(dataset=dataset, data_repository=repository, relative_path=path, exists=False)
    assert ask("select * from bregma_keys.trials") == []
    record.exists = True
    record.save()
    assert ask("select session_uuid from bregma_keys.trials") == [(str(session.pk),)]
    assert results.load_psychometrics(connection, session.pk) == []
    Dataset.objects.all().delete()
    assert ask("select * from bregma_keys.trials") == []
