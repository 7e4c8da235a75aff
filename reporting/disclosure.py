"""Statistical disclosure control of aggregates shown outside the team. Pure: no Django, no I/O.

A cell may be shown when it rests on at least three establishments and none makes more than 85 % of it. When a total is
shown beside its cells, one hidden cell alone could be found by subtraction: others are hidden with it until what the
subtraction gives is itself a cell that may be shown (secondary suppression).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

MINIMUM_ESTABLISHMENTS = 3
LARGEST_SHARE = Decimal("0.85")


@dataclass(frozen=True)
class Cell:
    """An aggregate: `weight` is the sum of its absolute values, `parts` what each establishment takes part in.

    A value shared by several establishments counts whole for each: whoever takes part in it knows it.
    """

    weight: Decimal = Decimal(0)
    parts: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Nothing was declared: a zero tells nothing of anybody."""
        return self.weight == 0

    @property
    def is_safe(self) -> bool:
        if self.is_empty:
            return True
        contributors = [part for part in self.parts.values() if part > 0]
        return len(contributors) >= MINIMUM_ESTABLISHMENTS and max(contributors) <= LARGEST_SHARE * self.weight


@dataclass(frozen=True)
class Suppression:
    """Which cells of a line must be hidden, by their rank, and whether its total must be too."""

    hidden: frozenset[int] = frozenset()
    total_hidden: bool = False


def cell(contributions: Iterable[tuple[Decimal | int, Iterable[int]]]) -> Cell:
    """The cell made of (value, establishments that take part in it) pairs; zero values count for nothing."""
    weight, parts = Decimal(0), {}
    for value, establishments in contributions:
        amount = abs(Decimal(value))
        weight += amount
        for establishment in set(establishments):
            parts[establishment] = parts.get(establishment, Decimal(0)) + amount
    return Cell(weight, parts)


def merged(cells: Iterable[Cell]) -> Cell:
    """Several cells as one: what a reader knows who subtracts the shown cells from their total."""
    weight, parts = Decimal(0), {}
    for each in cells:
        weight += each.weight
        for establishment, amount in each.parts.items():
            parts[establishment] = parts.get(establishment, Decimal(0)) + amount
    return Cell(weight, parts)


def protect_line(cells: Sequence[Cell], *, total_shown: bool = True) -> Suppression:
    """What to hide of cells that add up to a total; the smallest cells are given up first.

    When no choice of cells protects them, the total itself is hidden, and only the unsafe cells are.
    """
    unsafe = frozenset(rank for rank, each in enumerate(cells) if not each.is_safe)
    if not unsafe or not total_shown:
        return Suppression(unsafe)
    hidden = set(unsafe)
    others = [rank for rank, each in enumerate(cells) if not each.is_empty and rank not in hidden]
    others.sort(key=lambda rank: (cells[rank].weight, rank))
    while len(hidden) < 2 or not merged(cells[rank] for rank in hidden).is_safe:
        if not others:
            return Suppression(unsafe, total_hidden=True)
        hidden.add(others.pop(0))
    return Suppression(frozenset(hidden))
