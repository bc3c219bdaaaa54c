"""Writes accounts and labs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.data.services import check_unprotected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import Lab, LabMember


def change_member(member: LabMember, values: Mapping[str, Any], *, by: LabMember) -> LabMember:
    """Change an account: one's own, or any as a superuser.

    Raises
    ------
    PermissionDenied
        If it is another's account, or someone who is no superuser would give a role or change a name.
    """
    if values.get("username", member.username) != member.username and not by.is_superuser:
        raise PermissionDenied("only a superuser may rename an account; ask an administrator")
    if "is_stock_manager" in values and values["is_stock_manager"] != member.is_stock_manager and not by.is_superuser:
        raise PermissionDenied("only a superuser may make someone a stock manager; ask an administrator")
    return changes.change_row(member, values, by=by)


@transaction.atomic
def delete_member(member: LabMember, *, by: LabMember) -> None:
    """Delete an account; what it wrote stays, without its name. Close an account to keep the name.

    Raises
    ------
    PermissionDenied
        If the person who asks is no superuser.
    """
    if not by.is_superuser:
        raise PermissionDenied("only a superuser may delete an account; ask an administrator")
    changes.delete_row(member, by=by)


@transaction.atomic
def delete_lab(lab: Lab, *, by: LabMember) -> None:
    """Delete a lab with its subjects and their sessions, unless a dataset is protected."""
    policy.check_may_write(by, lab)
    check_unprotected(session__subject__lab=lab)
    changes.delete_row(lab, by=by)
