"""What of the colony is done with many subjects at once: a move, a licence, a cull. All of them, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from bregma.alyx import policy
from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.selectors import cages_for
from bregma.alyx.colony.models import Cage, Licence
from bregma.alyx.colony.welfare.forms import day_field, severity_field
from bregma.alyx.colony.welfare.licences import Assignment, assign_subjects
from bregma.alyx.misc.days import lab_today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Subject


def lab_of(rows: Sequence[Subject]) -> Lab:
    """Return the lab of subjects.

    Raises
    ------
    ValidationError
        If they are of several labs, which share no cages and no licences.
    """
    labs = {row.lab_id: row.lab for row in rows}
    if len(labs) > 1:
        names = ", ".join(sorted(lab.name for lab in labs.values()))
        raise ValidationError(f"These animals are of {names}; choose those of one lab, with the filter of the list.")
    return rows[0].lab


class MoveForm(forms.Form):
    """To which cage of their lab."""

    cage = forms.ModelChoiceField(
        Cage.objects.none(),
        required=False,
        empty_label="No cage",
        help_text="An open cage of their lab. It refuses more adults than it holds.",
    )

    def __init__(self, *args: Any, rows: Sequence[Subject], by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labs = {row.lab_id for row in rows}
        cages = cages_for(by).filter(lab__in=labs, closed_on__isnull=True).order_by("lab__name", "name")
        self.fields["cage"].queryset = cages  # type: ignore[attr-defined]


class LicenceForm(forms.Form):
    """Under which licence, from which day on, and how severe."""

    licence = forms.ModelChoiceField(
        Licence.objects.none(), help_text="Of their lab. It refuses more animals than it allows."
    )
    start = day_field("From")
    expected_severity = severity_field("Expected severity")

    def __init__(self, *args: Any, rows: Sequence[Subject], by: LabMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labs = {row.lab_id for row in rows}
        licences = policy.readable(by, Licence.objects.filter(lab__in=labs)).order_by("number")
        self.fields["licence"].queryset = licences  # type: ignore[attr-defined]
        self.fields["start"].initial = lab_today(rows[0].lab)


def move(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Move subjects into a cage, or out of any."""
    lab_of(rows)
    moved = housing.move_subjects(rows, values["cage"], by=by)
    n = len(moved.moved)
    where = f"cage {moved.cage}" if moved.cage else "no cage"
    words = f"{n} animal{'' if n == 1 else 's'} moved into {where}." if n else f"All of them lived in {where} already."
    return " ".join([words, *moved.warnings])


def assign_licence(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Assign subjects to a licence."""
    asked = Assignment(values["start"], values["expected_severity"])
    n = len(assign_subjects(values["licence"], rows, asked, by=by))
    return f"{n} animal{'' if n == 1 else 's'} assigned to {values['licence']}."
