"""Records checks for plugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.colony.breeding.services.checks import Complaints, check_not_ahead
from bregma.alyx.colony.models import Plug

if TYPE_CHECKING:
    from datetime import date

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import BreedingPair, Subject


@transaction.atomic
def record_plug(
    pair: BreedingPair, mother: Subject, *, on: date, found: bool, by: LabMember, description: str = ""
) -> Plug:
    """Record whether a mother had a plug on a day; a second entry for the day replaces the first.

    Raises
    ------
    PermissionDenied
        If this person may not do husbandry of the pair.
    ValidationError
        If she is not of this pair, or the pair was not together on that day.
    """
    policy.check_may_write(by, pair)
    _check(pair, mother, on)
    values = {"breeding_pair": pair, "found": found, "user": by, "description": description}
    known = Plug.objects.select_for_update().filter(mother=mother, date=on).first()
    if known is not None:
        return changes.change_row(known, values, by=by)
    return changes.create_row(Plug, {**values, "mother": mother, "date": on}, by=by)


def _check(pair: BreedingPair, mother: Subject, on: date) -> None:
    found = Complaints()
    mothers = [one for one in (pair.mother1, pair.mother2) if one]
    words = f"{mother} is no mother of {pair.name}; it has {', '.join(map(str, mothers)) or 'none'}."
    found.add_if(mother not in mothers, "mother", words)
    early = pair.start_date is not None and on < pair.start_date
    found.add_if(early, "date", f"{pair.name} is together since {pair.start_date} only.")
    late = pair.end_date is not None and on > pair.end_date
    found.add_if(late, "date", f"{pair.name} has ended on {pair.end_date}.")
    check_not_ahead(found, "date", on, mother.lab)
    found.raise_any()
