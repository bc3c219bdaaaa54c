"""Writes accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from bregma.alyx import changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember


def change_member(member: LabMember, values: Mapping[str, Any], *, by: LabMember) -> LabMember:
    """Change an account: one's own, or any as a superuser.

    Raises
    ------
    PermissionDenied
        If it is another's account, or a role would be given by someone who is no superuser.
    """
    if "is_stock_manager" in values and values["is_stock_manager"] != member.is_stock_manager and not by.is_superuser:
        raise PermissionDenied("only a superuser may make someone a stock manager; ask an administrator")
    return changes.change_row(member, values, by=by)
