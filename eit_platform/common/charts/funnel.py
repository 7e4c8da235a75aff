"""Funnel of stages: how many reached each, and which share of the stage before."""

from collections.abc import Sequence
from dataclasses import dataclass

from .palette import Palette
from .svg import WIDTH, Drawing, Number, empty, finite, known, shortened, written

_ROW = 70.0
_DEEPEST = 6  # stages have six colours, from the lightest to the deepest


@dataclass(frozen=True, slots=True)
class Step:
    """A stage, the number that reached it at least (0 or more), and what to say of those lost before the next one."""

    label: str
    value: Number | None
    note: str = ""


def funnel(steps: Sequence[Step], *, label: str, palette: Palette | None = None) -> str:
    """One bar a stage, its width in proportion to the largest; the passage to the next one is told below it."""
    if not steps:
        return empty(label, palette)
    largest = max(known(step.value for step in steps), default=0.0)
    drawing = Drawing(_ROW * len(steps) - 22, palette)
    drawing.open_group("funnel")
    for index, step in enumerate(steps):
        top = index * _ROW
        drawing.text("b", 0, top + 15, shortened(step.label, 40))
        drawing.text("b e", WIDTH, top + 15, written(step.value))
        value = finite(step.value)
        if value and value > 0:
            drawing.rect(f"f{min(index + 1, _DEEPEST)}", 0, top + 22, max(value / largest * WIDTH, 1.5), 20, 4)
        if index + 1 < len(steps):
            drawing.text("", 0, top + 60, shortened(_passage(step, steps[index + 1]), 80))
    drawing.close_group()
    return drawing.finish(label)


def _passage(step: Step, following: Step) -> str:
    before, after = finite(step.value), finite(following.value)
    words = []
    # More than before, or less than nothing, is no passage: the figures stand alone.
    if before and after is not None and 0 <= after <= before:
        words.append(f"{written(round(after / before * 100), '%')} passent à l’étape suivante")
    if step.note:
        words.append(step.note)
    return " · ".join(words)
