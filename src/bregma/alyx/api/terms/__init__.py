"""The free filter ``django=``: field, value, field, value ... read as literals, never evaluated.

Read search.py first: it turns a text into conditions. text.py splits it, paths.py follows a field to its column,
relations.py lists the relations that a field may cross, values.py reads the value.
"""

from __future__ import annotations

from bregma.alyx.api.terms.paths import Target, resolve
from bregma.alyx.api.terms.search import Term, apply_terms, parse_terms
from bregma.alyx.api.terms.time_limit import is_time_out, time_limit, words_of_time_out

__all__ = ["Target", "Term", "apply_terms", "is_time_out", "parse_terms", "resolve", "time_limit", "words_of_time_out"]
