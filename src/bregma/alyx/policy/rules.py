"""One rule per table: who writes it, what it hangs on, who reads it. Tables without one are for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from bregma.alyx.policy.roles import Capability

if TYPE_CHECKING:
    from django.db.models import Model

    Path = tuple[str, ...]


class Reading(Enum):
    """Who may read the rows of a table, besides administrators."""

    EVERYONE = "everyone with an account"
    MEMBERS = "members; guests and the public what hangs on subjects and labs that they may see"
    OWN = "the person it belongs to"
    ADMIN = "nobody else"


@dataclass(frozen=True)
class Rule:
    """How the rows of one table are judged.

    Attributes
    ----------
    capability : Capability
        What a person must be entrusted with to write a row.
    reading : Reading
        Who may read.
    subject : path or None
        The attributes that lead to the subject; empty when the row is one.
    labs : paths
        Attributes that lead to the lab, the first that is set counts.
    person : str
        The field that names whose row it is: that person writes it too.
    about_anything : bool
        The row hangs on the one its ``content_object`` names.
    anywhere : bool
        A row that belongs to no lab is written by those entrusted in some lab.
    """

    capability: Capability
    reading: Reading = Reading.MEMBERS
    subject: Path | None = None
    labs: tuple[Path, ...] = ()
    person: str = ""
    about_anything: bool = False
    anywhere: bool = False


HUSBANDRY, RECORDING, SCIENCE = Capability.HUSBANDRY, Capability.RECORDING, Capability.SCIENCE
STOCK, LAB, SHARED = Capability.STOCK, Capability.LAB, Capability.SHARED
PERSONAL, ACCOUNT, ADMIN = Capability.PERSONAL, Capability.ACCOUNT, Capability.ADMIN

_keeping = Rule(HUSBANDRY, subject=("subject",))
_operation = Rule(SCIENCE, subject=("subject",))
_session = Rule(RECORDING, subject=("subject",))
_of_session = Rule(RECORDING, subject=("session", "subject"))
_words = Rule(ADMIN, Reading.EVERYONE)
_animal_words = Rule(STOCK, Reading.EVERYONE)
_of_lab = ("lab",)
_mine = Rule(PERSONAL, Reading.OWN, person="user")
_insertion_of_trajectory = ("probe_insertion", "session", "subject")
_lab_of_chronic_insertion = ("chronic_insertion", "subject", "lab")

MISC = {
    "misc.LabMember": Rule(ACCOUNT),
    "misc.Lab": Rule(ADMIN, labs=((),)),
    "misc.LabMembership": Rule(LAB, labs=(_of_lab,)),
    "misc.LabLocation": Rule(SCIENCE, labs=(_of_lab,)),
    "misc.CageType": _animal_words,
    "misc.Enrichment": _animal_words,
    "misc.Food": _animal_words,
    "misc.Housing": Rule(HUSBANDRY, labs=(("cage", "lab"),), anywhere=True),
    "misc.HousingSubject": _keeping,
    "misc.Note": Rule(HUSBANDRY, about_anything=True),
}
SUBJECTS = {
    "subjects.Project": Rule(SHARED),
    "subjects.Source": _animal_words,
    "subjects.Species": _animal_words,
    "subjects.Strain": _animal_words,
    "subjects.Sequence": _animal_words,
    "subjects.Allele": _animal_words,
    "subjects.Line": Rule(STOCK, Reading.EVERYONE, labs=(_of_lab,)),
    "subjects.ZygosityRule": Rule(STOCK, labs=(("line", "lab"),)),
    "subjects.BreedingPair": Rule(
        HUSBANDRY, labs=(("line", "lab"), ("father", "lab"), ("mother1", "lab")), anywhere=True
    ),
    "subjects.Litter": Rule(
        HUSBANDRY,
        labs=(
            ("line", "lab"),
            ("breeding_pair", "line", "lab"),
            ("breeding_pair", "father", "lab"),
            ("breeding_pair", "mother1", "lab"),
            ("mother", "lab"),
        ),
        anywhere=True,
    ),
    "subjects.SubjectRequest": Rule(HUSBANDRY, labs=(("line", "lab"),), person="user", anywhere=True),
    "subjects.Subject": Rule(HUSBANDRY, subject=()),
    "subjects.Zygosity": _keeping,
    "subjects.GenotypeTest": _keeping,
}
ACTIONS = {
    "actions.ProcedureType": _words,
    "actions.WaterType": _words,
    "actions.CullReason": _words,
    "actions.CullMethod": _words,
    "actions.Session": _session,
    "actions.Weighing": _keeping,
    "actions.WaterAdministration": _keeping,
    "actions.WaterRestriction": _keeping,
    "actions.Cull": _keeping,
    "actions.OtherAction": _keeping,
    "actions.Surgery": _operation,
    "actions.VirusInjection": _operation,
    "actions.ChronicRecording": _operation,
    "actions.Notification": _keeping,
    "actions.NotificationRule": _mine,
}
DATA = {
    "data.DataRepositoryType": _words,
    "data.DataRepository": _words,
    "data.DataFormat": _words,
    "data.DatasetType": Rule(SHARED, Reading.EVERYONE, person="created_by"),
    "data.Tag": Rule(ADMIN),
    "data.Revision": _words,
    "data.Dataset": Rule(RECORDING, subject=("session", "subject"), about_anything=True),
    "data.FileRecord": Rule(RECORDING, subject=("dataset", "session", "subject")),
    "data.Download": _mine,
    "data.DataNotice": Rule(SHARED, person="created_by"),
}
EXPERIMENTS = {
    "experiments.ProbeModel": _words,
    "experiments.CoordinateSystem": _words,
    "experiments.BrainRegion": _words,
    "experiments.ImagingType": _words,
    "experiments.ChronicInsertion": _operation,
    "experiments.ProbeInsertion": _of_session,
    "experiments.TrajectoryEstimate": Rule(
        RECORDING, subject=_insertion_of_trajectory, labs=(_lab_of_chronic_insertion,)
    ),
    "experiments.Channel": Rule(
        RECORDING,
        subject=("trajectory_estimate", *_insertion_of_trajectory),
        labs=(("trajectory_estimate", *_lab_of_chronic_insertion),),
    ),
    "experiments.FOV": _of_session,
    "experiments.FOVLocation": Rule(RECORDING, subject=("field_of_view", "session", "subject")),
    "experiments.ImagingStack": Rule(RECORDING, anywhere=True),
}
REST = {
    "jobs.Task": _of_session,
    "colony.Rack": Rule(HUSBANDRY, labs=(("location", "lab"),)),
    "colony.Cage": Rule(HUSBANDRY, labs=(_of_lab,)),
    "colony.Plug": Rule(HUSBANDRY, subject=("mother",)),
    "colony.Licence": Rule(LAB, labs=(_of_lab,)),
    "colony.LicenceUse": _keeping,
    "colony.AdverseEvent": _keeping,
    "inbox.Delivery": _mine,
    "inbox.MailPreference": _mine,
    "notebook.Comment": Rule(PERSONAL, person="user", about_anything=True),
    "notebook.NarrativeTemplate": Rule(SCIENCE, labs=(_of_lab,)),
    "web.SavedView": Rule(PERSONAL, person="owner", labs=(("shared_with_lab",),)),
    "access.ApiToken": Rule(ACCOUNT, Reading.OWN, person="user"),
    "access.DeviceCode": Rule(ACCOUNT, Reading.OWN, person="user"),
    "access.Delegation": Rule(ACCOUNT, person="owner"),
}
RULES: dict[str, Rule] = {**MISC, **SUBJECTS, **ACTIONS, **DATA, **EXPERIMENTS, **REST}


def rule_of(model: type[Model]) -> Rule | None:
    """Return the rule of a table, None when it has none: then it is for administrators only."""
    concrete = model._meta.concrete_model or model
    joins: Any = concrete._meta.auto_created  # for a table of links: the table that has them
    return rule_of(joins) if isinstance(joins, type) else RULES.get(concrete._meta.label)
