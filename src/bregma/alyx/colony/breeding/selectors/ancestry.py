"""Ancestors and generation numbers of subjects, each by one recursive SQL query that ends whatever the data say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

DEEPEST = 80
"""Generations that are followed; a pedigree that goes further back goes round in a circle, or is cut here."""

PARENTS = """
    SELECT child.id AS child, child.line_id AS line, pair.father_id AS father,
           COALESCE(litter.mother_id, pair.mother1_id, pair.mother2_id) AS mother,
           litter.mother_id IS NULL AND pair.mother1_id IS NOT NULL AND pair.mother2_id IS NOT NULL AS assumed
    FROM subjects_subject child
    LEFT JOIN subjects_litter litter ON litter.id = child.litter_id
    LEFT JOIN subjects_breedingpair pair ON pair.id = litter.breeding_pair_id
"""
"""One row per subject; of two mothers the first, unless the litter names one."""

ANCESTORS = f"""
WITH RECURSIVE ancestor (id) AS (
    SELECT unnest(%(keys)s::uuid[])
    UNION
    SELECT parent.id FROM ancestor
    JOIN LATERAL ({PARENTS} WHERE child.id = ancestor.id) link ON TRUE
    CROSS JOIN LATERAL (VALUES (link.father), (link.mother)) parent (id)
    WHERE parent.id IS NOT NULL
)
SELECT link.child, link.father, link.mother, link.assumed
FROM ancestor JOIN LATERAL ({PARENTS} WHERE child.id = ancestor.id) link ON TRUE
"""  # noqa: S608  nothing but constants above

GENERATIONS = f"""
WITH RECURSIVE walk (root, id, filial, backcross, within, depth) AS (
    SELECT key, key, 0, 0, TRUE, 0 FROM unnest(%(keys)s::uuid[]) key
    UNION
    SELECT walk.root, step.parent, walk.filial + (walk.within AND NOT step.crossed)::int,
           walk.backcross + step.crossed::int, walk.within AND NOT step.crossed, walk.depth + 1
    FROM walk JOIN LATERAL (
        SELECT parent.id AS parent, COALESCE(
                   other.id IS NOT NULL AND other.line_id IS DISTINCT FROM link.line
                   AND (other.line_id IS NULL OR other.strain_id = line.strain_id), FALSE) AS crossed
        FROM ({PARENTS} WHERE child.id = walk.id) link
        JOIN subjects_line line ON line.id = link.line
        CROSS JOIN LATERAL (VALUES (link.father, link.mother), (link.mother, link.father)) both_ways (own, foreign_)
        JOIN subjects_subject parent ON parent.id = both_ways.own AND parent.line_id = link.line
        LEFT JOIN subjects_subject other ON other.id = both_ways.foreign_
    ) step ON TRUE
    WHERE walk.depth < %(deepest)s
), reached AS (
    SELECT walk.*, NOT EXISTS (
        SELECT 1 FROM ({PARENTS}) link JOIN subjects_subject parent ON parent.id IN (link.father, link.mother)
        WHERE link.child = walk.id AND parent.line_id = link.line
    ) AS founder FROM walk
)
SELECT root, max(filial), min(backcross) FILTER (WHERE founder), max(depth) >= %(deepest)s FROM reached GROUP BY root
"""  # noqa: S608  nothing but constants above


@dataclass(frozen=True)
class Ancestor:
    """The parents of a subject, as far as they are known; ``assumed`` if the mother may be the other one."""

    father: UUID | None
    mother: UUID | None
    assumed: bool

    @property
    def parents(self) -> tuple[UUID | None, UUID | None]:
        """Father and mother."""
        return self.father, self.mother


@dataclass(frozen=True)
class Generation:
    """How far an animal is from the founders of its line.

    Attributes
    ----------
    filial : int
        Generations of mating within the line, since its founders or the last backcross.
    backcross : int
        Crosses to an animal without a line, or of the strain of the line's background, on the way to its founders.
    endless : bool
        The pedigree goes round in a circle, or back further than is followed: both numbers are too small.
    """

    filial: int
    backcross: int
    endless: bool = False

    def __str__(self) -> str:
        """Write it as geneticists do: F3, N5, N5F2."""
        back = f"N{self.backcross}" if self.backcross else ""
        return f"{back}F{self.filial}" if self.filial or not back else back


def load_ancestors(keys: Collection[UUID]) -> dict[UUID, Ancestor]:
    """Return subjects and all their ancestors with their parents; one query."""
    with connection.cursor() as cursor:
        cursor.execute(ANCESTORS, {"keys": [str(key) for key in keys]})
        return {key: Ancestor(father, mother, assumed) for key, father, mother, assumed in cursor.fetchall()}


def load_generations(keys: Collection[UUID]) -> dict[UUID, Generation]:
    """Return the generation numbers of subjects; one query, whatever their number.

    An animal without parents in its line is a founder: F0. One of whose parents is of the line, and the other has no
    line or is of the strain of the line's background, is a backcross: N counts on from the parent of the line, and F
    begins again. Both parents of the line: F counts on from the later parent, N is that of the earlier one.
    """
    with connection.cursor() as cursor:
        cursor.execute(GENERATIONS, {"keys": [str(key) for key in keys], "deepest": DEEPEST})
        return {root: Generation(f, n or 0, bool(endless)) for root, f, n, endless in cursor.fetchall()}
