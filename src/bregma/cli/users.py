"""Accounts: bregma user create, token, link, reset-factor."""

from __future__ import annotations

from typing import Annotated

import typer

from bregma.cli.output import print_record

app = typer.Typer(help="Accounts of this installation.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name to log in with.")],
    email: Annotated[str, typer.Option(help="Address for notices.")] = "",
    superuser: Annotated[bool, typer.Option("--superuser", help="May do everything.")] = False,
    public: Annotated[bool, typer.Option("--public", help="Reads only what is public.")] = False,
    password: Annotated[
        str,
        typer.Option(
            help="Password.", prompt=True, hide_input=True, confirmation_prompt=True, envvar="BREGMA_PASSWORD"
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an account."""
    from bregma.alyx.installation import connect

    connect()
    from bregma.alyx.accounts import create_user

    user = create_user(name, password, email=email, superuser=superuser, public=public)
    print_record({"name": user.username, "id": user.pk, "superuser": superuser, "public": public}, as_json=as_json)


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    expires: Annotated[int | None, typer.Option(help="Make a new token for this many days, 1 to 365.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What a new token may do: read, husbandry, …")] = None,
    purpose: Annotated[str, typer.Option(help="What a new token is for.")] = "made with bregma user token",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the account's token for the REST API, or make one with an end and scopes (shown this once)."""
    from bregma.alyx.installation import connect

    if scope and expires is None:
        raise typer.BadParameter("a token with scopes needs an end: add --expires DAYS")
    connect()
    from bregma.alyx.accounts import token_for

    key = token_for(name) if expires is None else _new_token(name, purpose, expires, scope or ["read"])
    if as_json:
        print_record({"name": name, "token": key}, as_json=True)
    else:
        print(key)


def _new_token(name: str, purpose: str, days: int, scopes: list[str]) -> str:
    from bregma.alyx.access.tokens import create_token
    from bregma.alyx.accounts import find_user

    return create_token(find_user(name), name=purpose, days=days, scopes=scopes)[1]


@app.command()
def link(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print a link that signs the account in once, within ten minutes."""
    from bregma.alyx.installation import connect

    connect()
    from bregma.alyx.accounts import sign_in_link
    from bregma.cli.installation import address

    url = sign_in_link(name, address())
    print_record({"name": name, "link": url}, as_json=as_json)


@app.command("reset-factor")
def reset_factor(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take the second factor off an account whose phone and recovery codes are lost."""
    from bregma.alyx.installation import connect

    connect()
    from bregma.alyx.access.second_factor import remove_second_factor
    from bregma.alyx.accounts import find_user

    removed = remove_second_factor(find_user(name))
    print_record({"name": name, "removed": removed}, as_json=as_json)
