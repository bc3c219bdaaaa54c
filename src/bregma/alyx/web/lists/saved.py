"""Saved views: whose they are, who sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from bregma.alyx import policy
from bregma.alyx.misc.models import Lab
from bregma.alyx.web.models import SavedView

if TYPE_CHECKING:
    from uuid import UUID

    from bregma.alyx.misc.models import LabMember

MOST = 50
"""How many views of one list a person may keep."""


def views_of(user: Any, page: str) -> QuerySet[SavedView]:
    """Return a person's views of a list and those shared with the labs in which they work; one query."""
    if not policy.is_member(user):
        return SavedView.objects.none()
    labs = list(policy.standing_of(user).roles)
    mine_or_shared = Q(owner=user) | Q(shared_with_lab__in=labs)
    return SavedView.objects.filter(mine_or_shared, page=page).select_related("owner", "shared_with_lab")


def labs_to_share_with(user: LabMember) -> QuerySet[Lab]:
    """Return the labs in which a person works."""
    return Lab.objects.filter(pk__in=list(policy.standing_of(user).roles))


@transaction.atomic
def save_view(page: str, name: str, query: str, *, lab: Lab | None = None, by: LabMember) -> SavedView:
    """Keep filters, search and order of a list under a name; the same name again replaces it.

    Raises
    ------
    PermissionDenied
        If this is no member, or shares with a lab in which they do not work.
    ValidationError
        If the name is empty or too long, or there are too many views.
    """
    if not policy.is_member(by):
        raise PermissionDenied("accounts for the public keep no views")
    if lab is not None and not policy.works_in(by, lab.pk):
        raise PermissionDenied(f"{by} does not work in {lab}; share the view with a lab of yours")
    others = SavedView.objects.filter(owner=by, page=page).exclude(name=name).count()
    if others >= MOST:
        raise ValidationError(f"you keep {others} views of this list; delete one first")
    view = SavedView.objects.filter(owner=by, page=page, name=name).first() or SavedView(owner=by, page=page, name=name)
    view.query, view.shared_with_lab = tidy(query), lab
    view.full_clean()
    view.save()
    return view


@transaction.atomic
def delete_view(pk: UUID, *, by: LabMember) -> None:
    """Forget a view.

    Raises
    ------
    PermissionDenied
        If it is another person's.
    """
    view = SavedView.objects.filter(pk=pk, owner=by).first()
    if view is None:
        raise PermissionDenied("only the person who saved a view may delete it")
    view.delete()


def tidy(query: str) -> str:
    """Return a query without empty parameters and page numbers."""
    data = QueryDict(query.lstrip("?"), mutable=True)
    for name in [name for name, values in data.lists() if not any(values) or name in ("page", "csrfmiddlewaretoken")]:
        del data[name]
    return data.urlencode()
