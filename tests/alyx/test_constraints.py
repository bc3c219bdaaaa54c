"""What the tables refuse, whoever writes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alf import QC as ALF_QC
from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.data.models import DataFormat, Dataset, DatasetType, FileRecord, Revision
from bregma.alyx.misc.models import Lab, LabMembership
from bregma.alyx.records import QC
from bregma.alyx.subjects.models import Species, Subject

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)


def refused(constraint: str) -> object:
    return pytest.raises(IntegrityError, match=constraint)


def test_a_session_is_unique_by_subject_day_and_number(world: World) -> None:
    with refused("session_unique_subject_date_number"):
        Session.objects.create(subject=world.subject, start_time=NOON, number=1)


def test_other_days_numbers_and_sessions_without_number_are_free(world: World) -> None:
    make_session(world.subject, number=2)
    make_session(world.subject, day=date(2024, 2, 1))
    for _ in range(2):
        Session.objects.create(subject=world.subject, start_time=NOON)
    assert Session.objects.count() == 5


@pytest.mark.parametrize("model", [Session, WaterRestriction])
def test_nothing_ends_before_it_starts(world: World, model: type) -> None:
    with refused("ends_after_start"):
        model.objects.create(subject=world.subject, start_time=NOON, end_time=NOON.replace(hour=11))


def test_a_membership_ends_after_it_starts(world: World) -> None:
    with refused("labmembership_ends_after_start"):
        LabMembership.objects.create(
            user=world.people["alice"], lab=world.lab, start_date=date(2024, 1, 2), end_date=date(2024, 1, 1)
        )


def test_weights_and_water_are_zero_or_more(world: World) -> None:
    attempts = {
        "weighing_weight_at_least_zero": lambda: Weighing.objects.create(subject=world.subject, weight=-1),
        "wateradministration_at_least_zero": lambda: WaterAdministration.objects.create(
            subject=world.subject, water_administered=-0.1
        ),
        "waterrestriction_weight_at_least_zero": lambda: WaterRestriction.objects.create(
            subject=world.subject, reference_weight=-1
        ),
    }
    for constraint, attempt in attempts.items():
        with refused(constraint), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("constraint", "make"),
    [
        ("lab_name_is_word", lambda world: Lab.objects.create(name="my lab")),
        ("subject_nickname_is_alf", lambda world: Subject.objects.create(nickname="a/b", lab=world.lab)),
        ("revision_name_is_alf", lambda world: Revision.objects.create(name="#1#")),
        ("dataformat_extension", lambda world: DataFormat.objects.create(name="x", file_extension="npy")),
        ("datasettype_pattern", lambda world: DatasetType.objects.create(name="x", filename_pattern="")),
    ],
)
def test_names_follow_the_grammar(world: World, constraint: str, make: object) -> None:
    with refused(constraint):
        make(world)  # type: ignore[operator]


def test_a_nickname_is_unique_in_its_lab_and_free_in_another(world: World) -> None:
    Subject.objects.create(nickname="KS014", lab=world.other_lab)
    with refused("subject_nickname_unique_in_lab"):
        Subject.objects.create(nickname="KS014", lab=world.lab)


def test_a_dataset_is_unique_in_its_session_even_without_revision(world: World) -> None:
    first = make_dataset(world.session)
    copy = Dataset(session=first.session, name=first.name, collection="alf", default_dataset=False)
    copy.dataset_type, copy.data_format = first.dataset_type, first.data_format
    with refused("dataset_unique_in_session"):
        copy.save()


def test_only_one_revision_of_a_dataset_is_the_default(world: World) -> None:
    make_dataset(world.session)
    second = make_dataset(world.session, revision="2024-02-02")
    second.default_dataset = True
    with refused("dataset_one_default_revision"):
        second.save()


def test_a_path_is_unique_in_its_repository(world: World) -> None:
    record = make_dataset(world.session).file_records.get()
    with refused("filerecord_unique_path_in_repository"):
        FileRecord.objects.create(
            dataset=record.dataset, data_repository=record.data_repository, relative_path=record.relative_path
        )


def test_quality_has_the_numbers_of_alf() -> None:
    assert {one.name: one.value for one in QC} == {one.name: one.value for one in ALF_QC}


@pytest.mark.django_db
def test_a_new_installation_knows_the_mouse_and_everyday_dataset_types() -> None:
    assert Species.objects.get().nickname == "Laboratory mouse"
    assert {"trials.table", "spikes.times", "wheel.position"} <= set(DatasetType.objects.values_list("name", flat=True))
