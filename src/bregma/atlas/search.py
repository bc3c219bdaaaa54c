"""Search regions by what people type: acronyms, the beginnings of words, and near matches of what is misspelt."""

import difflib
import re
from collections.abc import Mapping, Sequence

from bregma.atlas.nicknames import NICKNAMES

_WORDS = re.compile(r"[^\W_]+")
_NO_MATCH = 9


def rank_matches(text: str, acronyms: Sequence[str], names: Sequence[str]) -> list[int]:
    """Return where the text is found in the acronym or the name, the best first.

    Parameters
    ----------
    text : str
        An acronym, a part of one, or words of a name in any order, in any case.
    acronyms, names : sequence of n str
        Those of each region.

    Returns
    -------
    list of int
        Acronyms that are the text, then names that are, what the field calls so, acronyms that begin with it, names
        with words that begin like those of the text, and acronyms or names that hold it anywhere; equals in their
        own order.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return []
    words = _WORDS.findall(wanted)
    kinds = [_grade(wanted, words, *pair) for pair in zip(acronyms, names, strict=True)]
    for likeliness, nickname in enumerate(NICKNAMES.get(wanted, ())):
        for i in (i for i, acronym in enumerate(acronyms) if acronym == nickname):
            kinds[i] = min(kinds[i], 2 + likeliness / 100)
    exact = [acronym != text.strip() for acronym in acronyms]
    return [i for i in sorted(range(len(kinds)), key=lambda i: (kinds[i], exact[i])) if kinds[i] < _NO_MATCH]


def _grade(wanted: str, words: Sequence[str], acronym: str, name: str) -> float:
    acronym, name = acronym.casefold(), name.casefold()
    if wanted == acronym:
        return 0
    if wanted == name:
        return 1
    if acronym.startswith(wanted):
        return 3
    if name.startswith(wanted):
        return 4
    if words and _begin_words(words, name):
        return 5
    return 6 if wanted in acronym or wanted in name else _NO_MATCH


def _begin_words(words: Sequence[str], name: str) -> bool:
    inside = _WORDS.findall(name)
    return all(any(word.startswith(start) for word in inside) for start in words)


def suggest_acronyms(wanted: str, acronyms: Sequence[str], names: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Return the acronyms of the regions whose acronym or name is most like the text, the likeliest first."""
    folded = wanted.strip().casefold()
    known = [nickname for nickname in NICKNAMES.get(folded, ()) if nickname in acronyms]
    by_acronym = {acronym.casefold(): acronym for acronym in acronyms}
    by_name = {name.casefold(): acronym for name, acronym in zip(names, acronyms, strict=True)}
    near = {by_acronym[key]: _likeness(folded, key) for key in _find_close(folded, by_acronym, limit, 0.6)}
    if len(folded) > 3:
        for key in _find_close(folded, by_name, limit, 0.75):
            near[by_name[key]] = max(near.get(by_name[key], 0.0), _likeness(folded, key))
        found = [acronyms[i] for i in rank_matches(folded, acronyms, names)[:limit]]
        near = dict.fromkeys(found, 1.0) | near
    likeliest = sorted(near, key=lambda acronym: -near[acronym])
    return tuple(dict.fromkeys([*known, *likeliest]))[:limit]


def _find_close(wanted: str, among: Mapping[str, str], limit: int, cutoff: float) -> list[str]:
    return difflib.get_close_matches(wanted, among, n=limit, cutoff=cutoff)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
