"""Horizontal bars: one value each, or one part for each state (realised, expected, potential)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .palette import Palette
from .svg import WIDTH, Drawing, Number, empty, finite, known, shortened, written

_ROW = 46.0
_LABEL_LENGTH = 60
_BASELINE = 15.0
_BAR_TOP = 22.0
_BAR_HEIGHT = 14.0
_THINNEST = 1.5  # a value that is not zero is always seen

# Mark of each state, as in the figures of the pages: solid, dashed, dotted.
_STATES = (("c1", "réalisé"), ("l1 dash", "attendu"), ("l1 dot", "potentiel"))


@dataclass(frozen=True, slots=True)
class Bar:
    """A label and its value; None is missing, which is not zero. `mark`: c1 by default, c2 (a need) or c3 (the past)."""

    label: str
    value: Number | None
    mark: Literal["c1", "c2", "c3"] = "c1"


@dataclass(frozen=True, slots=True)
class StatedBar:
    """A label and its parts by state, in the same unit."""

    label: str
    realised: Number | None = None
    expected: Number | None = None
    potential: Number | None = None


class _Scale:
    """Values to abscissas, zero included."""

    def __init__(self, lowest: float, highest: float) -> None:
        self._low = min(lowest, 0.0)
        self._span = (max(highest, 0.0) - self._low) or 1.0

    def x(self, value: float) -> float:
        return (value - self._low) / self._span * WIDTH


def horizontal_bars(bars: Sequence[Bar], *, label: str, unit: str = "", palette: Palette | None = None) -> str:
    """One bar a row, its label above and its value at the end; negative values go left of the axis."""
    if not bars:
        return empty(label, palette)
    values = known(bar.value for bar in bars)
    scale = _Scale(min(values, default=0.0), max(values, default=0.0))
    drawing = Drawing(_ROW * len(bars), palette)
    for index, bar in enumerate(bars):
        top = index * _ROW
        _heading(drawing, top, bar.label, written(bar.value, unit))
        value = finite(bar.value)
        if value:
            _segment(drawing, bar.mark, top, scale.x(0), scale.x(value), radius=3)
    _axis(drawing, scale, len(bars))
    return drawing.finish(label)


def state_bars(bars: Sequence[StatedBar], *, label: str, unit: str = "", palette: Palette | None = None) -> str:
    """One stacked bar a row: solid for realised, dashed for expected, dotted for potential, with their legend.

    Gains stack to the right of the axis and losses to its left; the figure at the end is their sum.
    """
    if not bars:
        return empty(label, palette)
    rows = [[finite(part) for part in (bar.realised, bar.expected, bar.potential)] for bar in bars]
    gains = [sum(part for part in row if part and part > 0) for row in rows]
    losses = [sum(part for part in row if part and part < 0) for row in rows]
    scale = _Scale(min(losses), max(gains))
    drawing = Drawing(_ROW * len(bars) + 28, palette)
    for index, (bar, row) in enumerate(zip(bars, rows, strict=True)):
        top = index * _ROW
        parts = [part for part in row if part is not None]
        _heading(drawing, top, bar.label, written(sum(parts) if parts else None, unit))
        right = left = 0.0
        for (mark, _), part in zip(_STATES, row, strict=True):
            if not part:
                continue
            start = right if part > 0 else left
            _segment(drawing, mark, top, scale.x(start), scale.x(start + part), outlined=mark.startswith("l"))
            if part > 0:
                right += part
            else:
                left += part
    _axis(drawing, scale, len(bars))
    _legend(drawing)
    return drawing.finish(label)


def _heading(drawing: Drawing, top: float, label: str, value: str) -> None:
    drawing.text("", 0, top + _BASELINE, shortened(label, _LABEL_LENGTH))
    drawing.text("b e", WIDTH, top + _BASELINE, value)


def _segment(
    drawing: Drawing, mark: str, top: float, start: float, end: float, *, radius: float = 0, outlined: bool = False
) -> None:
    left, width = min(start, end), max(abs(end - start), _THINNEST)
    inset = 1.5 if outlined else 0.0  # half the stroke: the outline stays inside its value
    drawing.rect(
        mark, left + inset, top + _BAR_TOP + inset, width - 2 * inset, _BAR_HEIGHT - 2 * inset, 0 if outlined else radius
    )


def _axis(drawing: Drawing, scale: _Scale, rows: int) -> None:
    x = scale.x(0)
    if x > 0:  # only when something lies on its left; row by row, so that it crosses no text
        for top in (index * _ROW for index in range(rows)):
            drawing.path("axis", [(x, top + _BAR_TOP - 4), (x, top + _BAR_TOP + _BAR_HEIGHT + 4)])


def _legend(drawing: Drawing) -> None:
    y = drawing.height - 8
    for index, (mark, word) in enumerate(_STATES):
        x = index * 130.0
        outlined = mark.startswith("l")
        inset = 1.5 if outlined else 0.0
        drawing.rect(mark, x + inset, y - 10 + inset, 28 - 2 * inset, 12 - 2 * inset)
        drawing.text("", x + 36, y, word)
