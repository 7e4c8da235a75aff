"""Twelve months, two bars each: when one side has, when the other needs."""

from collections.abc import Sequence

from eit_platform.common.charts.svg import Drawing
from eit_platform.common.formats import MONTHS, number

_INITIALS = "JFMAMJJASOND"
_LEFT, _TOP, _BOTTOM, _HEIGHT, _STEP, _BAR = 8.0, 10.0, 136.0, 160.0, 52.0, 18.0


def season_picture(offer: Sequence[float], need: Sequence[float], *, label: str) -> str:
    """SVG of the shares of each month (twelve each, sum 1), the highest one filling the height."""
    drawing = Drawing(_HEIGHT, None)
    tallest = max(*offer, *need) or 1.0
    for month, pair in enumerate(zip(offer, need, strict=True)):
        left = _LEFT + month * _STEP
        for place, (mark, share) in enumerate(zip(("c1", "c2"), pair, strict=True)):
            height = (_BOTTOM - _TOP) * share / tallest
            drawing.rect(mark, left + place * (_BAR + 2), _BOTTOM - height, _BAR, height, 2)
        drawing.text("m", left + _BAR + 1, _HEIGHT - 6, _INITIALS[month])
    drawing.path("axis", [(0, _BOTTOM), (drawing.width, _BOTTOM)])
    return drawing.finish(label)


def season_rows(offer: Sequence[float], need: Sequence[float]) -> list[tuple[str, str, str]]:
    """The same figures as a table, in per cent."""
    return [
        (MONTHS[month], f"{number(100 * one, 0)}\u00a0%", f"{number(100 * other, 0)}\u00a0%")
        for month, (one, other) in enumerate(zip(offer, need, strict=True))
    ]
