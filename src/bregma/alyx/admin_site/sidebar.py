"""Where each table is found in the admin: groups by what people do, and the way back to the daily pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from bregma.alyx.web.navigation import links_for

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest


@dataclass(frozen=True)
class Group:
    """Tables that belong together; ``tables`` gives for each its icon."""

    title: str
    tables: dict[str, str]
    words: str
    """What is done there, for the front page."""


GROUPS = (
    Group(
        "Subjects",
        {
            "subjects.Subject": "pets",
            "actions.Weighing": "monitor_weight",
            "actions.WaterAdministration": "water_drop",
            "actions.WaterRestriction": "water_lock",
            "actions.Surgery": "surgical",
            "actions.VirusInjection": "vaccines",
            "actions.OtherAction": "healing",
            "actions.Cull": "flag",
            "subjects.CullSubject": "playlist_remove",
            "colony.AdverseEvent": "emergency",
            "subjects.AdverseEffect": "sick",
            "subjects.SubjectRequest": "front_hand",
        },
        "Animals, what they weigh and drink, and what is done to them.",
    ),
    Group(
        "Experiments",
        {
            "actions.Session": "schedule",
            "actions.EphysSession": "ecg",
            "actions.ImagingSession": "image",
            "experiments.ProbeInsertion": "straighten",
            "experiments.ChronicInsertion": "push_pin",
            "experiments.TrajectoryEstimate": "timeline",
            "experiments.Channel": "more_vert",
            "experiments.FOV": "crop_free",
            "experiments.FOVLocation": "my_location",
            "experiments.ImagingStack": "layers",
            "jobs.Task": "settings_suggest",
            "subjects.Project": "folder_shared",
        },
        "Sessions, where probes and fields of view lie, and the tasks that follow.",
    ),
    Group(
        "Data files",
        {
            "data.Dataset": "database",
            "data.FileRecord": "draft",
            "data.DatasetType": "category",
            "data.DataFormat": "data_object",
            "data.Tag": "label",
            "data.Revision": "history_edu",
            "data.DataNotice": "campaign",
            "data.Download": "download",
            "data.DataRepository": "dns",
            "data.DataRepositoryType": "storage",
        },
        "Datasets, their copies, and the words that describe them.",
    ),
    Group(
        "Genetics",
        {
            "subjects.Line": "account_tree",
            "subjects.BreedingPair": "favorite",
            "subjects.Litter": "child_care",
            "colony.Plug": "event_available",
            "subjects.Zygosity": "genetics",
            "subjects.GenotypeTest": "science",
            "subjects.ZygosityRule": "rule",
            "subjects.Allele": "fingerprint",
            "subjects.Sequence": "format_list_numbered",
            "subjects.Strain": "diversity_3",
            "subjects.Species": "cruelty_free",
            "subjects.Source": "local_shipping",
        },
        "Lines, pairs and litters; tests, and the rules that read them.",
    ),
    Group(
        "Housing",
        {
            "colony.Cage": "grid_view",
            "colony.Rack": "shelves",
            "misc.Housing": "house",
            "misc.HousingSubject": "login",
            "misc.CageType": "inbox_customize",
            "misc.Enrichment": "toys",
            "misc.Food": "nutrition",
        },
        "Racks and cages, and who lived where under which conditions.",
    ),
    Group(
        "Notebook",
        {
            "misc.Note": "sticky_note_2",
            "notebook.Comment": "comment",
            "notebook.NarrativeTemplate": "description",
            "actions.Notification": "notifications",
            "actions.NotificationRule": "notification_settings",
            "inbox.Delivery": "mail",
            "inbox.MailPreference": "mark_email_read",
            "web.SavedView": "bookmark",
        },
        "Notes and comments, and who is told what.",
    ),
    Group(
        "Lab admin",
        {
            "misc.Lab": "apartment",
            "misc.LabMember": "group",
            "misc.LabMembership": "badge",
            "misc.LabLocation": "meeting_room",
            "colony.Licence": "verified_user",
            "colony.LicenceUse": "assignment_ind",
            "access.Delegation": "handshake",
            "access.ApiToken": "key",
            "access.DeviceCode": "devices",
            "history.Event": "manage_history",
        },
        "Labs, people, rooms, licences, and the history of every row.",
    ),
    Group(
        "Words",
        {
            "actions.ProcedureType": "checklist",
            "actions.WaterType": "local_drink",
            "actions.CullReason": "help",
            "actions.CullMethod": "construction",
            "experiments.ProbeModel": "sensors",
            "experiments.CoordinateSystem": "explore",
            "experiments.ImagingType": "photo_camera",
            "experiments.BrainRegion": "neurology",
        },
        "The vocabulary of the lab: what forms let you choose.",
    ),
)
PAGE_ICONS = {
    "/": "home",
    "/today/": "today",
    "/colony/subjects/": "pets",
    "/colony/": "grid_view",
    "/notebook/": "menu_book",
    "/results/": "monitoring",
    "/docs/": "api",
    "/admin/": "table",
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: the daily pages first, then the tables that this person may see."""
    pages: list[dict[str, Any]] = [{"title": "Front page", "icon": "dashboard", "link": reverse("admin:index")}]
    pages += [
        {"title": link.label, "icon": _icon_of(link.url), "link": link.url, "active": False}
        for link in links_for(request.user, request.path)
        if link.url != reverse("admin:index")
    ]
    groups = [(group, _items(group, request)) for group in GROUPS]
    return [
        {"title": "Daily pages", "items": pages, "separator": False},
        *(
            {"title": group.title, "items": items, "collapsible": True, "separator": True}
            for group, items in groups
            if items
        ),
    ]


def dropdown(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu beside the title: the daily pages."""
    return [
        {"icon": _icon_of(link.url), "title": link.label, "link": link.url}
        for link in links_for(request.user, request.path)
    ]


def tables_of(group: Group) -> list[tuple[type[Model], str]]:
    """Return the tables of a group, and their icons."""
    return [(apps.get_model(label), icon) for label, icon in group.tables.items()]


def address(model: type[Model], page: str = "changelist") -> str:
    """Return the path of the list of a table, or of its form."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def _items(group: Group, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": _title(model), "icon": icon, "link": address(model)}
        for model, icon in tables_of(group)
        if admin.site.get_model_admin(model).has_view_permission(request)
    ]


def _title(model: type[Model]) -> str:
    name = str(model._meta.verbose_name_plural)
    return name[:1].upper() + name[1:]


def _icon_of(url: str) -> str:
    return PAGE_ICONS.get(url, "open_in_new")
