"""The list of culls: animals that wait for one, and those that had one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.actions.models import CullMethod, CullReason
from bregma.alyx.colony.culls.forms import CullForm
from bregma.alyx.colony.culls.services import CullFacts, cull_subjects
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.subjects.models import Line, Subject, Zygosity
from bregma.alyx.subjects.selectors import living
from bregma.alyx.subjects.services import change_subject
from bregma.alyx.web.lists import BulkAction, Column, Empty, ListPage, RowAction
from bregma.alyx.web.lists.filters import ListFilters, choose_related
from bregma.alyx.web.templatetags.bregma import age

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cull_rows(user: Any) -> QuerySet[Subject]:
    """Return the living animals that are to be culled, and those that were, with how and why; not for the public."""
    if not policy.has_account(user):
        return Subject.objects.none()
    genotype = Prefetch("zygosity_set", Zygosity.objects.select_related("allele").order_by("allele__nickname"))
    rows = policy.readable(user, Subject.objects.filter(Q(to_be_culled=True) & living() | Q(cull__isnull=False)))
    related = ("lab", "line", "responsible_user", "cull__cull_reason", "cull__cull_method", "cull__user")
    return rows.select_related(*related).prefetch_related(genotype)


class CullFilters(ListFilters):
    """How the list is narrowed."""

    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="All", choices=[("waiting", "To be culled"), ("done", "Culled")]
    )
    lab = choose_related(Lab, "Lab", "lab")
    line = choose_related(Line, "Line", "line", by="nickname")
    user = choose_related(LabMember, "Responsible", "responsible_user", by="username")
    reason = choose_related(CullReason, "Reason", "cull__cull_reason")
    method = choose_related(CullMethod, "Method", "cull__cull_method")

    def by_state(self, rows: QuerySet[Subject], name: str, value: str) -> QuerySet[Subject]:
        """Choose those that wait or those that are done."""
        return rows.filter(cull__isnull=value == "waiting")


def cull_all(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Cull animals of the list."""
    n = len(cull_subjects(rows, CullFacts(**values), by=by))
    return f"{n} cull{'' if n == 1 else 's'} entered."


def spare_all(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Let animals no longer wait for a cull."""
    for row in rows:
        change_subject(row, {"to_be_culled": False}, by=by)
    return f"{len(rows)} no longer to be culled."


def _of_cull(name: str) -> Any:
    return lambda row: getattr(row.cull, name) if hasattr(row, "cull") else None


CULLS = ListPage(
    key="culls",
    title="Culls",
    words="Animals that wait for a technician, and those that were culled, with reason and method.",
    rows=cull_rows,
    columns=(
        Column(
            key="nickname",
            label="Subject",
            sort=("nickname",),
            link=lambda row: reverse("subject", args=[row.pk]),
            below=lambda row: f"{row.get_sex_display()}, {age(row.birth_date, row.death_date)}",
        ),
        Column(
            key="state",
            label="State",
            value=lambda row: "culled" if hasattr(row, "cull") else "to be culled",
            below=_of_cull("date"),
        ),
        Column(
            key="reason",
            label="Reason",
            value=_of_cull("cull_reason"),
            sort=("cull__cull_reason__name",),
            below=_of_cull("cull_method"),
        ),
        Column(
            key="severity",
            label="Severity",
            value=lambda row: row.get_actual_severity_display(),
            sort=("actual_severity",),
        ),
        Column(key="cage", label="Cage", sort=("cage",), below=lambda row: row.ear_mark),
        Column(
            key="line",
            label="Line",
            value=lambda row: row.line and row.line.nickname,
            below=lambda row: [str(one) for one in row.zygosity_set.all()],
        ),
        Column(key="responsible_user", label="Responsible", sort=("responsible_user__username",)),
        Column(key="day", label="Day", value=_of_cull("date"), sort=("cull__date",), in_page=False),
        Column(key="method", label="Method", value=_of_cull("cull_method"), in_page=False),
        Column(key="by", label="By", value=_of_cull("user"), in_page=False),
        Column(key="sex", label="Sex", value=lambda row: row.get_sex_display(), in_page=False),
        Column(key="birth_date", label="Born", in_page=False),
        Column(key="ear_mark", label="Ear mark", in_page=False),
        Column(
            key="genotype",
            label="Genotype",
            value=lambda row: [str(one) for one in row.zygosity_set.all()],
            in_page=False,
        ),
        Column(key="remarks", label="Remarks", value=_of_cull("description"), in_page=False),
    ),
    order=("-to_be_culled", "-cull__date", "nickname", "pk"),
    filters=CullFilters,
    search=("nickname__icontains", "cage__iexact", "ear_mark__iexact"),
    bulk=(
        BulkAction(
            key="cull",
            label="Enter their cull",
            service=cull_all,
            form=CullForm,
            words="Sets their day of death, ends their water restrictions, and takes them out of their cages.",
            danger=True,
        ),
        BulkAction(key="spare", label="Spare them", service=spare_all, words="They no longer wait to be culled."),
    ),
    row_actions=(
        RowAction(
            label="Cull",
            icon="flag",
            url=lambda row: "" if row.death_date else reverse("subject-cull", args=[row.pk]),
        ),
    ),
    presets={"To be culled": "state=waiting", "Culled": "state=done"},
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="Nobody waits to be culled",
        words="Mark animals on the list of subjects; they then stand here and on the page of the day, "
        "until somebody enters the cull with its reason and method.",
        icon="flag",
        action="List of subjects",
        url_name="subjects",
    ),
)
