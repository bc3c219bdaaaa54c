"""The log of deliveries, as a list: administrators see everybody's."""

from __future__ import annotations

import django_filters
from django.urls import reverse

from bregma.alyx.actions.models import NotificationType
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.inbox.selectors import list_deliveries, mail_words
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, day_filter


class DeliveryFilters(ListFilters):
    """How the log is narrowed."""

    status = django_filters.ChoiceFilter(label="Mail", choices=Delivery.Status.choices, empty_label="All")
    kind = django_filters.ChoiceFilter(
        label="Type",
        field_name="notification__notification_type",
        choices=NotificationType.choices,
        empty_label="All",
    )
    first = day_filter("From", "created", "date__gte")
    last = day_filter("To", "created", "date__lte")


LOG = ListPage(
    key="inbox-log",
    title="Deliveries",
    words="Who was told what, and what became of each mail. Administrators see everybody's.",
    rows=list_deliveries,
    columns=(
        Column(
            key="title",
            label="Notice",
            value=lambda row: row.notification.title,
            link=lambda row: reverse("inbox-open", args=[row.pk]),
        ),
        Column(key="user", label="To", value=lambda row: row.user.username, sort=("user__username",)),
        Column(key="type", label="Type", value=lambda row: row.notification.get_notification_type_display()),
        Column(key="created", label="Told", sort=("created",)),
        Column(key="mail", label="Mail", value=mail_words),
        Column(key="read_at", label="Read", sort=("read_at",)),
        Column(key="attempts", label="Attempts", sort=("attempts",), numeric=True),
        Column(key="letter", label="Letter", in_page=False),
    ),
    order=("-created", "pk"),
    filters=DeliveryFilters,
    search=("notification__title__icontains", "user__username__icontains"),
    search_label="Notice, person",
    presets={"Given up": "status=failed", "Waiting": "status=waiting"},
    crumbs=(("Notices", "inbox"),),
    empty=Empty(
        title="Nothing was delivered yet",
        words="As soon as an animal needs care or somebody mentions a person, the delivery is listed here.",
        icon="bell",
    ),
)
