"""What a server's answer means: its JSON, or an error that says what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bregma.one.errors import (
    AuthenticationError,
    PermissionRefused,
    RecordNotFound,
    ResponseError,
    ServerUnavailable,
)
from bregma.store.retry import BUSY

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

_STALE = "Invalid token."
_LONGEST = 1000
_LARGEST = 1 << 28
_PACKING = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


def read_whole(response: httpx.Response) -> httpx.Response:
    """Read an answer that comes in chunks, as long as it is of a size that one answer may have.

    Raises
    ------
    ResponseError
        If it goes on and on, or is packed and damaged.
    """
    import httpx

    status = response.status_code
    try:
        content = b"".join(_up_to(_LARGEST, response))
    except httpx.DecodingError as error:
        words = f"{_what(response)} answers what cannot be unpacked ({error}); tell the server's administrator"
        raise ResponseError(words, status=status) from error
    finally:
        response.close()
    headers = [(key, value) for key, value in response.headers.raw if key.lower() not in _PACKING]
    whole = httpx.Response(status, headers=headers, content=content, request=response.request)
    whole.extensions, whole.encoding = response.extensions, "utf-8"  # whatever a server calls its own words
    return whole


def _up_to(most: int, response: httpx.Response) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > most:
            words = f"{_what(response)} answers more than {most >> 20} MiB; ask for less, with a filter or limit"
            raise ResponseError(words, status=response.status_code)
        yield chunk


def is_stale_token(response: httpx.Response) -> bool:
    """Tell whether a server no longer knows a token."""
    return response.status_code in {401, 403} and _STALE in response.text


def check_answer(response: httpx.Response, *, signed_in: bool) -> Any:
    """Return the JSON of an answer, or raise what it stands for.

    Parameters
    ----------
    response : httpx.Response
        The answer.
    signed_in : bool
        Whether a token was sent, which tells "sign in" from "not allowed".

    Raises
    ------
    AuthenticationError, PermissionRefused, RecordNotFound, ServerUnavailable, ResponseError
        For any status but 2xx, or a body that is not JSON.
    """
    if not response.is_success:
        _fail(response, signed_in=signed_in)
    if response.status_code == 204 or not response.content:
        return None
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("Content-Type", "no type")
        raise ResponseError(
            f"{_what(response)} answered {kind} instead of JSON; check that the address is an Alyx server",
            status=response.status_code,
        ) from error


def _fail(response: httpx.Response, *, signed_in: bool) -> None:
    status, detail = response.status_code, describe(response)
    message = f"{_what(response)}: {status} {detail or response.reason_phrase}".removesuffix(".") + "."
    if is_stale_token(response):
        raise AuthenticationError(f"{message} The token is no longer valid: sign in again")
    if status in {401, 403}:
        if signed_in:
            raise PermissionRefused(f"{message} Ask the owner of the data or the lab's administrator for access")
        raise AuthenticationError(
            f"{message} Sign in first: bregma login, or BREGMA_TOKEN, or ONE(username=…, password=…)"
        )
    if status == 404:
        hint = "" if detail else " There is no such address; check it, and that it is an Alyx server"
        raise RecordNotFound(message + hint, status=status, detail=detail)
    if status in BUSY:
        raise ServerUnavailable(f"{message} The server is busy; try again later")
    raise ResponseError(message, status=status, detail=detail)


def describe(response: httpx.Response) -> str:
    """Find the server's words in the body of an error, shortened."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return "" if "html" in response.headers.get("Content-Type", "") else response.text[:_LONGEST]
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "status_code"}
        for key in ("detail", "error"):
            if isinstance(body.get(key), str) and len(body) == 1:
                return str(body[key])
    return json.dumps(body, ensure_ascii=False)[:_LONGEST]


def _what(response: httpx.Response) -> str:
    request = response.request
    return f"{request.method} {request.url}"
