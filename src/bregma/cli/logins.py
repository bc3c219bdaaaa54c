"""Signing in to servers: bregma login, logout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bregma.cli.connecting import Json  # noqa: TC001 - typer reads annotations when it runs
from bregma.cli.errors import CommandFailed
from bregma.cli.output import print_record, say

if TYPE_CHECKING:
    from bregma.one.server.signing_in import DeviceCode

Server = Annotated[str | None, typer.Argument(help="Address of the server [default: the saved or running one].")]


def login(
    server: Server = None,
    username: Annotated[str | None, typer.Option(help="Account on the server.")] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Approve in a browser, on this or any device.")] = False,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read a token from standard input.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    default: Annotated[
        bool, typer.Option("--default", help="Make it the server that is asked if none is named.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Sign in and keep the token in the system's keyring, or in a file that only you may read.

    The first server that you sign in to is the one that is asked if none is named.
    """
    if browser + token_stdin + password_stdin > 1:
        raise typer.BadParameter("give one of --browser, --token-stdin and --password-stdin")
    from bregma.one import sign_in
    from bregma.one.server.parameters import SavedParameters
    from bregma.one.server.signing_in import remember_server

    browser = browser or not (username or token_stdin)
    token = _read_secret() if token_stdin else None
    password = None if browser or token else _read_secret() if password_stdin else _ask_password(username)
    alyx = sign_in(server, username=username, password=password, token=token, browser=browser, show=_show)
    if default:
        remember_server(alyx.base_url, alyx.username, None, make_default=True)
    usual = SavedParameters().default_url()
    print_record({"server": alyx.base_url, "user": alyx.user, "default": usual}, as_json=as_json)


def logout(server: Server = None, as_json: Json = False) -> None:
    """Forget the token of a server."""
    from bregma.one import AlyxClient

    with AlyxClient(server) as alyx:
        was = alyx.is_logged_in
        alyx.logout()
    print_record({"server": alyx.base_url, "was_logged_in": was}, as_json=as_json)


def _show(code: DeviceCode) -> None:
    say(str(code))


def _read_secret() -> str:
    secret = sys.stdin.readline().strip()
    if not secret:
        raise CommandFailed("nothing came on standard input; write the secret there, as in: bregma login < file")
    return secret


def _ask_password(username: str | None) -> str:
    if not sys.stdin.isatty():
        raise CommandFailed("no terminal to ask for a password on; use --password-stdin, --token-stdin or --browser")
    return str(typer.prompt(f"Password of {username}", hide_input=True, err=True))
