"""Rows every installation starts with: models of probes, types of imaging, systems of coordinates and
regions of the brain, with the keys that clients of Alyx know."""

from collections.abc import Iterator
from itertools import count

from bregma.atlas import Regions

PROBE_MODELS: tuple[tuple[str, str, str, str], ...] = (
    ("100fe998-986c-467d-aac8-a470e3a34341", "Neurophotometrics Fiber", "Neurophotometrics", "Fiber"),
    ("6f586705-13a7-4c2a-ac4a-ef58b10d9bc4", "Neuropixel 2.0 four shank", "Imec", "NP2.4"),
    ("5df5182a-5113-4e37-b690-0e6cae3abc6a", "Neuropixel 2.0 single shank", "Imec", "NP2.1"),
    ("96dccdfe-7206-4b65-bb17-0743c842acd0", "Neuropixel 3A", "Imec", "3A"),
    ("057d9a20-aaa9-4f79-8b0c-c8729b4cf160", "Neuropixel 3B2", "Imec", "3B2"),
)

IMAGING_TYPES: tuple[tuple[str, str], ...] = (("8c009775-2bff-4de7-baca-c27dc949426e", "mesoscope"),)

COORDINATE_SYSTEMS: tuple[tuple[str, str, str], ...] = (
    (
        "cbc64f28-6aa5-4331-a9fd-7648ffa13876",
        "IBL-Allen",
        "The Allen mouse brain, from bregma: x to the right, y to the front, z upwards.",
    ),
    (
        "3b00d02e-ea91-4a37-9427-d83de37a1b63",
        "Needles-Allen",
        "The Allen mouse brain, stretched from front to back and squeezed in depth, from bregma: "
        "x to the right, y to the front, z upwards.",
    ),
)


def brain_regions() -> Iterator[dict[str, int | str | None]]:
    """Give the columns of every region, parents first, numbered as a nested set."""
    regions = Regions.allen()
    children: dict[int, list[int]] = {}
    for row in range(1, len(regions)):
        parent = int(regions.parents[row])
        children.setdefault(0 if parent == row else parent, []).append(row)
    counter = count(1)
    spans: dict[int, tuple[int, int]] = {}
    levels: dict[int, int] = {}

    def visit(row: int, level: int) -> None:
        left = next(counter)
        levels[row] = level
        for child in children.get(row, ()):
            visit(child, level + 1)
        spans[row] = (left, next(counter))

    visit(0, 0)
    for row in sorted(spans, key=lambda each: spans[each][0]):
        parent = int(regions.parents[row])
        yield {
            "id": int(regions.ids[row]),
            "acronym": regions.acronyms[row],
            "name": regions.names[row],
            "parent_id": None if row == 0 else int(regions.ids[0 if parent == row else parent]),
            "lft": spans[row][0],
            "rght": spans[row][1],
            "level": levels[row],
        }
