"""Accounts, their tokens, and links that sign a person in once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from collections.abc import Iterable

SALT = "bregma.alyx.accounts.sign_in_link"
LINK_SECONDS = 600


class AccountError(ValueError):
    """An account cannot be made or used; the message says why and what to do."""


class AccountNotFound(AccountError, LookupError):
    """No account has this name."""


class SignInLinkRefused(AccountError):
    """A sign-in link is forged, too old or used before."""


@transaction.atomic
def create_user(
    username: str,
    password: str | None,
    *,
    email: str = "",
    superuser: bool = False,
    stock_manager: bool = False,
    public: bool = False,
    labs: Iterable[str] = (),
) -> LabMember:
    """Make an account. Without a password its owner signs in by link or token.

    Parameters
    ----------
    username, password : str
        The name must be free.
    superuser, stock_manager, public : bool
        What the account may do; see :mod:`bregma.alyx.policy`.
    labs : names
        Labs in which the person works from today.

    Raises
    ------
    AccountError
        If the name is taken, the password breaks a rule or a lab does not exist.
    """
    from bregma.alyx.misc.models import Lab, LabMembership

    if LabMember.objects.filter(username=username).exists():
        raise AccountError(f"the name {username!r} is taken; choose another, or change that account in the admin")
    user = LabMember(
        username=username,
        email=email,
        is_superuser=superuser,
        is_staff=not public,
        is_stock_manager=stock_manager,
        is_public_user=public,
    )
    if password is not None:
        _check_password(password, user)
    user.set_password(password)
    user.save()
    for name in labs:
        lab = Lab.objects.filter(name=name).first()
        if lab is None:
            raise AccountError(f"no lab is called {name!r}; make it first")
        LabMembership.objects.create(user=user, lab=lab)
    return user


def token_for(username: str) -> str:
    """Return the REST token of an account, made on first use.

    Raises
    ------
    AccountNotFound
        If no account has this name.
    """
    return str(Token.objects.get_or_create(user=find_user(username))[0].key)


def sign_in_link(username: str, base_url: str) -> str:
    """Return a link that signs a person in once, within ten minutes, unless they sign in otherwise before.

    Raises
    ------
    AccountNotFound
        If no account has this name.
    """
    user = find_user(username)
    content = {"user": str(user.pk), "last_login": _last_login(user)}
    token: str = signing.dumps(content, salt=SALT, compress=True)
    return f"{base_url.rstrip('/')}/sign-in/{token}"


def redeem_sign_in_token(token: str) -> LabMember:
    """Return the person whom a sign-in link names, and spend the link.

    Raises
    ------
    SignInLinkRefused
        If the link is forged, older than ten minutes or used before, or its account is closed.
    """
    again = "ask for a new one"
    try:
        content = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.SignatureExpired as error:
        raise SignInLinkRefused(f"this sign-in link is older than ten minutes; {again}") from error
    except signing.BadSignature as error:
        raise SignInLinkRefused(f"this sign-in link is not complete; {again}") from error
    user = LabMember.objects.filter(pk=content["user"], is_active=True).first()
    if user is None:
        raise SignInLinkRefused("the account of this sign-in link is closed; ask an administrator")
    if _last_login(user) != content["last_login"] or not _mark_signed_in(user):
        raise SignInLinkRefused(f"this sign-in link was used before, or its owner signed in since; {again}")
    return user


def _check_password(password: str, user: LabMember) -> None:
    """Refuse what the page that changes a password refuses."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise AccountError(f"choose another password for {user}: {' '.join(refused.messages)}") from refused


def _last_login(user: LabMember) -> str:
    return user.last_login.isoformat() if user.last_login else ""


def _mark_signed_in(user: LabMember) -> bool:
    """Set the time of the last sign-in, unless another process just did: of two redeemers one wins."""
    before = user.last_login
    user.last_login = timezone.now()
    return LabMember.objects.filter(pk=user.pk, last_login=before).update(last_login=user.last_login) == 1


def find_user(username: str) -> LabMember:
    """Return an account by its name.

    Raises
    ------
    AccountNotFound
        If no account has this name.
    """
    try:
        return LabMember.objects.get(username=username)
    except LabMember.DoesNotExist as error:
        raise AccountNotFound(f"no account is called {username!r}; make it: bregma user create {username}") from error
