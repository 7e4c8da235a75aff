"""Lines over time: a curve with its target on a scale, and its small form without one."""

import math
from collections.abc import Callable, Sequence

from .palette import Palette
from .svg import WIDTH, Drawing, Number, empty, finite, known, shortened, written

Point = tuple[float, float]

_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 64.0, 24.0, 24.0, 34.0, 240.0
_MOST_LABELS = 6


def line_chart(
    labels: Sequence[str],
    values: Sequence[Number | None],
    *,
    label: str,
    targets: Sequence[Number | None] = (),
    unit: str = "",
    filled: bool = False,
    palette: Palette | None = None,
) -> str:
    """Values in order, one a label, with the target as a dotted line; a missing value leaves a gap.

    ValueError when there are not as many values as labels, or as targets when there are any.
    """
    if len(values) != len(labels) or (targets and len(targets) != len(labels)):
        raise ValueError("labels, values and targets must have the same length")
    everything = known([*values, *targets])
    if not everything:
        return empty(label, palette, height=_HEIGHT)
    ticks = _ticks(min(everything), max(everything))
    low, high = ticks[0], ticks[-1]
    bottom, right = _HEIGHT - _BOTTOM, WIDTH - _RIGHT

    def x(index: int) -> float:
        return _LEFT + (right - _LEFT) * (index / (len(labels) - 1) if len(labels) > 1 else 0.5)

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * (value - low) / (high - low)

    drawing = Drawing(_HEIGHT, palette)
    for tick in ticks:
        drawing.path("axis" if tick == 0 else "grid-l", [(_LEFT, y(tick)), (right, y(tick))])
        drawing.text("e", _LEFT - 10, y(tick) + 4, written(tick))
    if unit:
        drawing.text("", 0, 12, unit)
    every = max(math.ceil(len(labels) / _MOST_LABELS), 1)
    for index in range(0, len(labels), every):
        drawing.text("m", x(index), _HEIGHT - 10, shortened(labels[index], 14))
    for run in _runs(targets, x, y):
        drawing.path("l3", run)
    runs = _runs(values, x, y)
    for run in runs:
        if filled and len(run) > 1:
            drawing.veil("c1", [*run, (run[-1][0], y(0)), (run[0][0], y(0))])
        if len(run) > 1:
            drawing.path("l1", run)
        else:
            drawing.circle("c1", *run[0], 4)
    if runs:
        last_x, last_y = runs[-1][-1]
        last = next(value for value in reversed(values) if finite(value) is not None)
        drawing.circle("pt", last_x, last_y, 5)
        aim = next((number for value in reversed(targets) if (number := finite(value)) is not None), None)
        # The figure goes on the side where the target is not, unless it would leave the frame.
        below = last_y - 12 < 26 or (aim is not None and y(aim) < last_y < bottom - 26)
        drawing.text("b e", min(last_x + 12, WIDTH), last_y + (22 if below else -12), written(last, unit))
    return drawing.finish(label)


def sparkline(
    values: Sequence[Number | None],
    *,
    label: str,
    targets: Sequence[Number | None] = (),
    palette: Palette | None = None,
) -> str:
    """The shape of a series, 240 × 90, with its target as a dotted line when there is one, and its last point.

    `targets` may be longer than `values`: the line then runs on to a date to come. A missing value leaves a gap.
    """
    width, height, low_y, high_y = 240.0, 90.0, 80.0, 12.0
    everything = known([*values, *targets])
    if not everything:
        return empty(label, palette, width=width, height=height)
    low, high = min(0.0, *everything), max(0.0, *everything)
    span = (high - low) or 1.0
    steps = max(len(values), len(targets)) - 1

    def x(index: int) -> float:
        return 6 + (width - 12) * (index / steps if steps else 0.5)

    def y(value: float) -> float:
        return low_y - (low_y - high_y) * (value - low) / span

    drawing = Drawing(height, palette, width=width)
    drawing.path("grid-l", [(0, y(0)), (width, y(0))])
    for run in _runs(targets, x, y):
        drawing.path("l3", run)
    runs = _runs(values, x, y)
    for run in runs:
        if len(run) > 1:
            drawing.path("l1", run)
        else:
            drawing.circle("c1", *run[0], 4)
    if runs:
        drawing.circle("pt", *runs[-1][-1], 5)
    return drawing.finish(label)


def _runs(values: Sequence[Number | None], x: Callable[[int], float], y: Callable[[float], float]) -> list[list[Point]]:
    """The drawn points, in runs that a missing value separates."""
    runs: list[list[Point]] = []
    broken = True
    for index, value in enumerate(values):
        number = finite(value)
        if number is None:
            broken = True
            continue
        if broken:
            runs.append([])
        runs[-1].append((x(index), y(number)))
        broken = False
    return runs


def _ticks(lowest: float, highest: float) -> list[float]:
    """Three to seven round values (1, 2 or 5 times a power of ten apart) that hold zero and all the data."""
    low, high = min(lowest, 0.0), max(highest, 0.0)
    if high == low:
        high = 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [index * step for index in range(first, last + 1)]
