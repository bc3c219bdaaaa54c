"""The people that a text mentions: ``@name``."""

from __future__ import annotations

import re

MENTION = re.compile(r"(?<![\w@./+-])@([\w.@+-]+)")
MOST_MENTIONS = 20


def user_name(found: re.Match[str]) -> str:
    """Return the user name of a mention, without the full stop that ends a sentence."""
    return found[1].rstrip(".@+-")


def mentioned_names(text: str) -> list[str]:
    """Return the user names that a text mentions, each once, in its order; twenty at most."""
    names = (user_name(found) for found in MENTION.finditer(text))
    return [name for name in dict.fromkeys(names) if name][:MOST_MENTIONS]
