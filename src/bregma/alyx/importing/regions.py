"""Numbers the brain regions as a nested set again, when an import brought new ones."""

from __future__ import annotations

from collections import defaultdict

from bregma.alyx.experiments.models import BrainRegion

NUMBERS = ("lft", "rght", "tree_id", "level")


def number_regions() -> int:
    """Write the numbers of every region whose own have changed; return how many."""
    regions = list(BrainRegion.objects.order_by("tree_id", "lft", "id"))
    children: dict[int | None, list[BrainRegion]] = defaultdict(list)
    for region in regions:
        children[region.parent_id].append(region)
    before = {region.pk: tuple(getattr(region, name) for name in NUMBERS) for region in regions}
    for tree, root in enumerate(children[None], start=1):
        _number(root, children, tree)
    changed = [region for region in regions if before[region.pk] != tuple(getattr(region, name) for name in NUMBERS)]
    BrainRegion.objects.bulk_update(changed, NUMBERS, batch_size=500)
    return len(changed)


def _number(root: BrainRegion, children: dict[int | None, list[BrainRegion]], tree: int) -> None:
    """Walk a tree without recursion: a region is opened when it is met first, closed when all below it are."""
    counter, path = 1, [(root, iter(children[root.pk]))]
    root.lft, root.tree_id, root.level = counter, tree, 0
    while path:
        region, below = path[-1]
        child = next(below, None)
        counter += 1
        if child is None:
            region.rght = counter
            path.pop()
        else:
            child.lft, child.tree_id, child.level = counter, tree, len(path)
            path.append((child, iter(children[child.pk])))
