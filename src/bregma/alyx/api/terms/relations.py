"""Which relations a filter may cross: an allow-list per table. What is not listed is closed.

Tokens, passwords, groups, log-ins, mail, history, saved views and downloads of others are in none of these lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx import policy
from bregma.alyx.data.models import DataRepository
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from django.db import models

_ACTION = "subject location lab users procedures"
_OF_ACTIONS = "session surgery virusinjection otheraction chronicrecording waterrestriction"
_BY_MEMBER = "weighing wateradministration culls note project labmembership data_notices subject_requests"

RELATIONS: dict[str, str] = {
    "misc.LabMember": f"subjects_responsible allowed_users delegated_by {_OF_ACTIONS} {_BY_MEMBER} "
    "data_dataset_created_by_related data_datasettype_created_by_related",
    "misc.Lab": f"subject line lablocation labmembership repositories cage_type enrichment food {_OF_ACTIONS}",
    "misc.LabLocation": f"lab {_OF_ACTIONS}",
    "misc.LabMembership": "user lab",
    "misc.Note": "user content_type",
    "misc.Housing": "subjects housing_subjects cage_type enrichment food",
    "misc.HousingSubject": "subject housing",
    "misc.CageType": "lab housing",
    "misc.Enrichment": "lab housing",
    "misc.Food": "lab housing",
    "subjects.Project": "users subject session",
    "subjects.Subject": "responsible_user species litter strain source line lab request projects genotype "
    "genotype_test zygosity genotypetest actions_sessions actions_surgerys actions_virusinjections "
    "actions_otheractions actions_chronicrecordings actions_waterrestrictions weighings water_administrations "
    "cull housings housing_subjects litters_born father mother1 mother2",
    "subjects.Source": "line subject",
    "subjects.Species": "line subject",
    "subjects.Strain": "line subject",
    "subjects.Line": "strain source species lab alleles subject litter breedingpair subjectrequest zygosityrule",
    "subjects.Litter": "line breeding_pair mother subject",
    "subjects.BreedingPair": "line father mother1 mother2 litter",
    "subjects.SubjectRequest": "user line subject",
    "subjects.Allele": "sequences line subject zygosity zygosityrule",
    "subjects.Sequence": "allele subject genotypetest sequence0 sequence1",
    "subjects.Zygosity": "subject allele",
    "subjects.ZygosityRule": "line allele sequence0 sequence1",
    "subjects.GenotypeTest": "subject sequence",
    "actions.ProcedureType": _OF_ACTIONS,
    "actions.Session": f"{_ACTION} parent_session session projects wateradmin_session_related "
    "data_dataset_session_related probe_insertion field_of_view tasks",
    "actions.Surgery": _ACTION,
    "actions.VirusInjection": _ACTION,
    "actions.OtherAction": _ACTION,
    "actions.ChronicRecording": f"{_ACTION} chronicinsertion",
    "actions.WaterRestriction": f"{_ACTION} water_type",
    "actions.WaterAdministration": "user subject session water_type",
    "actions.WaterType": "wateradministration waterrestriction",
    "actions.Weighing": "user subject",
    "actions.Cull": "user subject cull_reason cull_method",
    "actions.CullReason": "cull",
    "actions.CullMethod": "cull",
    "data.DataRepositoryType": "datarepository",
    "data.DataRepository": "repository_type lab filerecord task",
    "data.DataFormat": "dataset",
    "data.DatasetType": "created_by dataset",
    "data.Tag": "datasets",
    "data.Revision": "dataset",
    "data.Dataset": "session created_by provenance_directory data_dataset_provenance_related content_type dataset_type "
    "data_format revision tags file_records probe_insertion field_of_view data_notices",
    "data.FileRecord": "dataset data_repository",
    "data.Download": "user dataset projects",
    "data.DataNotice": "created_by datasets",
    "experiments.ProbeModel": "probe_insertion chronic_insertion",
    "experiments.CoordinateSystem": "trajectoryestimate fovlocation",
    "experiments.BrainRegion": "parent children channels brain_region",
    "experiments.ChronicInsertion": f"{_ACTION} model probe_insertion trajectory_estimate chronicrecording_ptr",
    "experiments.ProbeInsertion": "session model chronic_insertion datasets trajectory_estimate",
    "experiments.TrajectoryEstimate": "probe_insertion chronic_insertion coordinate_system channels",
    "experiments.Channel": "trajectory_estimate brain_region",
    "experiments.ImagingType": "fov",
    "experiments.ImagingStack": "slices",
    "experiments.FOV": "session imaging_type stack datasets location",
    "experiments.FOVLocation": "field_of_view coordinate_system brain_region",
    "jobs.Task": "session data_repository parents children",
}
"""Per table, the relations that members cross."""

OUTSIDE: dict[str, frozenset[str]] = {"contenttypes.ContentType": frozenset({"id", "app_label", "model"})}
"""Tables of the framework that hold no secrets, and the columns of them that may be compared."""

MEMBER_COLUMNS = frozenset({"id", "username", "email", "first_name", "last_name", "is_active", "is_stock_manager"})
VISITORS_CROSS = frozenset({"subject", "lab", "projects", "tags", "session", "dataset_type", "data_format", "revision"})
VISITORS_CROSS_BACK = frozenset({"data_dataset_session_related", "probe_insertion", "file_records"})


def crossable(model: type[models.Model]) -> frozenset[str]:
    """Return the relations of a table that members may cross."""
    concrete = model._meta.concrete_model or model
    return frozenset(RELATIONS.get(concrete._meta.label, "").split())


def may_compare(model: type[models.Model], column: Any, user: policy.User) -> bool:
    """Tell whether a person may search by a column, or through a relation.

    Guests and the public cross few relations, and meet only rows that they may read; see search.py.
    """
    if column.is_relation:
        return column.name in crossable(model) and (policy.is_member(user) or _is_for_visitors(column))
    label = (model._meta.concrete_model or model)._meta.label
    if label in OUTSIDE:
        return column.name in OUTSIDE[label]
    if issubclass(model, LabMember):
        return column.name in MEMBER_COLUMNS
    return not (issubclass(model, DataRepository) and column.name == "json")


def _is_for_visitors(column: Any) -> bool:
    return column.name in (VISITORS_CROSS_BACK if column.auto_created else VISITORS_CROSS)
