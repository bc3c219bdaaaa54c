"""When the next mail of a person is due: at once, or at their hour where their lab is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bregma.alyx.inbox.models import MailPreference
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.misc.models import Lab

if TYPE_CHECKING:
    from datetime import tzinfo

    from bregma.alyx.misc.models import LabMember

Frequency = MailPreference.Frequency


def preference_of(user: LabMember) -> MailPreference:
    """Return how a person wants to be mailed; at once until they say otherwise."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user)


def zone_of_person(user: LabMember) -> tzinfo:
    """Return the time zone of the first lab in which a person works; UTC without one."""
    lab = Lab.objects.filter(labmembership__user=user, labmembership__end_date__isnull=True).order_by("name").first()
    return lab_zone(lab)


def next_mail(preference: MailPreference, now: datetime) -> datetime:
    """Return when the next mail to a person may leave, not before ``now``."""
    if preference.frequency != Frequency.DAILY:
        return now
    return next_hour(preference.digest_hour, zone_of_person(preference.user), now)


def next_hour(hour: int, zone: tzinfo, now: datetime) -> datetime:
    """Return the next moment at which clocks of a zone show a whole hour; ``now`` if they show it just then."""
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), time(hour), tzinfo=zone)
    if today < here:
        today = datetime.combine(here.date() + timedelta(days=1), time(hour), tzinfo=zone)
    return today.astimezone(UTC)
