"""The list of subjects: what it shows, how it is narrowed, what can be done with many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.colony.culls.forms import CullForm
from bregma.alyx.colony.culls.listing import cull_all
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.results.selectors import SubjectFilter, find_subjects
from bregma.alyx.subjects.models import Line, Project, Subject, Zygosity
from bregma.alyx.subjects.selectors import living, water_restricted
from bregma.alyx.subjects.services import change_subject
from bregma.alyx.subjects.water import load_water_today
from bregma.alyx.web.lists import BulkAction, Column, Editor, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related
from bregma.alyx.web.subjects import bulk, husbandry
from bregma.alyx.web.templatetags.bregma import age

if TYPE_CHECKING:
    from collections.abc import Sequence


def subject_rows(user: Any) -> QuerySet[Subject]:
    """Return the subjects that a person may read, with weight, sessions, projects, genotype and ``is_writable``."""
    genotype = policy.readable(user, Zygosity.objects.select_related("allele").order_by("allele__nickname"))
    rows = find_subjects(user, SubjectFilter()).prefetch_related("projects", Prefetch("zygosity_set", genotype))
    writable = policy.writable_subjects(user, Subject.objects.filter(pk=OuterRef("pk")).order_by())
    rows = rows.annotate(is_writable=Exists(writable))
    return rows.select_related("lab", "responsible_user", "line", "species")


def weight_percent(row: Any) -> float | None:
    """Return the last weight in % of the expected one while water is restricted, as :func:`add_water` read it."""
    water = getattr(row, "water", None)
    if water is None or not water.is_water_restricted() or not water.weight():
        return None
    return water.percentage_weight() or None


def add_water(rows: Sequence[Any], user: Any) -> None:
    """Read the weights and water of the subjects of one page; not for the public."""
    found = load_water_today(rows) if policy.has_account(user) else {}
    for row in rows:
        row.water = found.get(row.pk)
        row.weight_percent = weight_percent(row)


class SubjectFilters(ListFilters):
    """How the list is narrowed."""

    for_members = ("responsible", "user", "todo", "water", "home")
    responsible = django_filters.ChoiceFilter(
        label="Responsible",
        method="by_responsible",
        empty_label="Everybody",
        choices=[("me", "Me"), ("stock", "Stock managers"), ("not-stock", "All but stock"), ("nobody", "Nobody")],
    )
    user = choose_related(LabMember, "Person", "responsible_user", by="username")
    alive = django_filters.ChoiceFilter(
        label="Alive", method="by_life", empty_label="All", choices=[("yes", "Alive"), ("no", "Dead")]
    )
    sex = django_filters.ChoiceFilter(label="Sex", choices=Subject.Sex.choices, empty_label="All")
    lab = choose_related(Lab, "Lab", "lab")
    line = choose_related(Line, "Line", "line", by="nickname")
    project = choose_related(Project, "Project", "projects")
    todo = django_filters.ChoiceFilter(
        label="To do",
        method="by_work",
        empty_label="All",
        choices=[("genotype", "To be genotyped"), ("cull", "To be culled"), ("reduce", "To be reduced")],
    )
    water = django_filters.ChoiceFilter(
        label="Water", method="by_water", empty_label="All", choices=[("yes", "Restricted"), ("no", "Not restricted")]
    )

    home = django_filters.ChoiceFilter(
        label="Cage", method="by_home", empty_label="All", choices=[("yes", "In a cage"), ("no", "In no cage")]
    )

    def by_responsible(self, rows: QuerySet[Subject], name: str, value: str) -> QuerySet[Subject]:
        """Choose by what the responsible user is."""
        stock = Q(responsible_user__is_stock_manager=True)
        conditions = {
            "me": Q(responsible_user=self.asker.pk),
            "stock": stock,
            "not-stock": ~stock,
            "nobody": Q(responsible_user=None),
        }
        return rows.filter(conditions[value])

    def by_life(self, rows: QuerySet[Subject], name: str, value: str) -> QuerySet[Subject]:
        """Choose the living or the dead."""
        return rows.filter(living() if value == "yes" else ~living())

    def by_work(self, rows: QuerySet[Subject], name: str, value: str) -> QuerySet[Subject]:
        """Choose subjects that wait for something."""
        waiting = {
            "genotype": Q(to_be_genotyped=True),
            "cull": Q(to_be_culled=True) & living(),
            "reduce": Q(reduced_date__isnull=True, death_date__isnull=False),
        }
        return rows.filter(waiting[value])

    def by_water(self, rows: QuerySet[Subject], name: str, value: str) -> QuerySet[Subject]:
        """Choose by whether the water is measured out."""
        return rows.filter(water_restricted() if value == "yes" else ~water_restricted())

    def by_home(self, rows: QuerySet[Subject], name: str, value: str) -> QuerySet[Subject]:
        """Choose by whether they live in a cage."""
        nowhere = Q(cage__isnull=True) | Q(cage="")
        return rows.filter(~nowhere if value == "yes" else nowhere)


def _may(person: LabMember, row: Any) -> bool:
    return bool(getattr(row, "is_writable", False))


def _text_editor(name: str, length: int) -> Editor:
    return Editor(
        field=lambda: forms.CharField(required=False, max_length=length),
        service=lambda row, value, *, by: change_subject(row, {name: value}, by=by),
        value=lambda row: getattr(row, name),
        may=_may,
    )


def age_words(row: Any) -> str:
    """Write how old a subject is or was; nothing when its birth is not known."""
    return age(row.birth_date, row.death_date) if row.birth_date else ""


def genotype_words(row: Any) -> list[str]:
    """Write the alleles of a subject, as geneticists do."""
    return [str(one) for one in row.zygosity_set.all()]


def record_url(row: Any) -> str:
    """Return the address of a subject's record."""
    return reverse("subject", args=[row.pk])


COLUMNS = (
    Column(
        key="nickname",
        label="Subject",
        sort=("nickname",),
        link=record_url,
        below=lambda row: row.get_sex_display() if row.sex not in ("", "U") else "",
    ),
    Column(
        key="state",
        label="State",
        value=lambda row: "dead" if row.death_date else "alive",
        template="web/subjects/_state.html",
        sort=("death_date",),
    ),
    Column(key="birth_date", label="Born", sort=("birth_date",), below=age_words),
    Column(
        key="line",
        label="Line",
        value=lambda row: row.line and row.line.nickname,
        sort=("line__nickname",),
        below=lambda row: [words.replace(" ", "\u00a0") for words in genotype_words(row)],
    ),
    Column(key="cage", label="Cage", sort=("cage",), for_members=True),
    Column(key="ear_mark", label="Ear mark", editor=_text_editor("ear_mark", 32), for_members=True),
    Column(
        key="responsible_user",
        label="Responsible",
        sort=("responsible_user__username",),
        for_members=True,
        below=lambda row: row.lab.name,
    ),
    Column(key="projects", label="Projects", value=lambda row: [one.name for one in row.projects.all()]),
    Column(
        key="weight",
        label="Weight",
        value=lambda row: row.last_weight,
        template="web/subjects/_weight.html",
        sort=("last_weight",),
        numeric=True,
        for_members=True,
    ),
    Column(key="n_sessions", label="Sessions", sort=("n_sessions",), numeric=True),
    Column(
        key="description",
        label="Description",
        editor=_text_editor("description", 2000),
        for_members=True,
        wide_only=True,
    ),
    Column(key="sex", label="Sex", in_page=False, sort=("sex",)),
    Column(key="age", label="Age", value=age_words, in_page=False),
    Column(key="death_date", label="Died", in_page=False),
    Column(key="genotype", label="Genotype", value=genotype_words, in_page=False, for_members=True),
    Column(key="lab", label="Lab", value=lambda row: row.lab.name, in_page=False, sort=("lab__name",)),
    Column(
        key="weight_percent",
        label="Weight (% of expected)",
        value=weight_percent,
        in_page=False,
        for_members=True,
    ),
    Column(key="pk", label="Id", in_page=False),
)

BULK = (
    BulkAction(
        key="assign",
        label="Assign a responsible user",
        service=bulk.assign,
        form=bulk.AssignForm,
        words="Only the person responsible now, managers and administrators may give a subject away.",
    ),
    BulkAction(key="project", label="Put into a project", service=bulk.add_project, form=bulk.ProjectForm),
    BulkAction(key="unproject", label="Take out of a project", service=bulk.remove_project, form=bulk.ProjectForm),
    BulkAction(
        key="move",
        label="Move to a cage",
        service=husbandry.move,
        form=husbandry.MoveForm,
        informed=True,
        words="Their stays in their cages end now, and a new one begins.",
    ),
    BulkAction(
        key="licence",
        label="Assign to a licence",
        service=husbandry.assign_licence,
        form=husbandry.LicenceForm,
        informed=True,
        words="They count as used from that day on; those that are assigned already stay as they are.",
    ),
    BulkAction(
        key="genotype",
        label="Mark to be genotyped",
        service=bulk.mark("to_be_genotyped", "to be genotyped"),
        words="They will wait on the page of the day until a result is entered.",
    ),
    BulkAction(
        key="cull",
        label="Mark to be culled",
        service=bulk.mark("to_be_culled", "to be culled"),
        danger=True,
        words="Nothing dies by this: a technician sees them on the page of the day, and enters each cull.",
    ),
    BulkAction(
        key="culled",
        label="Enter their cull",
        service=cull_all,
        form=CullForm,
        danger=True,
        words="Sets their day of death, ends their water restrictions, and takes them out of their cages.",
    ),
    BulkAction(key="unmark", label="Take both marks away", service=bulk.unmark),
)

SUBJECTS = ListPage(
    key="subjects",
    title="Subjects",
    rows=subject_rows,
    prepare=add_water,
    columns=COLUMNS,
    order=("nickname", "pk"),
    filters=SubjectFilters,
    search=(
        "nickname__icontains",
        "line__name__icontains",
        "ear_mark__iexact",
        "cage__iexact",
        "description__icontains",
    ),
    search_label="Nickname, line, cage, ear mark",
    bulk=BULK,
    presets={
        "Mine, alive": "responsible=me&alive=yes",
        "Stock, alive": "responsible=stock&alive=yes",
        "Water restricted": "water=yes&alive=yes",
        "In no cage": "home=no&alive=yes",
        "To be genotyped": "todo=genotype",
        "To be culled": "todo=cull",
    },
    add=("New subject", "subject-new"),
    links=(("Results", "results:subjects"),),
    empty=Empty(
        title="No subject yet",
        words="Every animal of the lab has a record here: its line, cage, weights, sessions and what it must not miss. "
        "Enter the first one, or wean a litter, which enters all its animals at once.",
        icon="mouse",
        action="Enter a subject",
        url_name="subject-new",
    ),
)
