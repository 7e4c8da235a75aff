"""Drawing of SVG elements: geometry in attributes, looks by class or by palette, texts escaped."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

from eit_platform.common.formats import as_decimal, quantity

from .palette import Palette

Number = int | float | Decimal
WIDTH = 640.0
PAGE_WIDTH = 400.0  # narrower on a page, so that its letters stay readable once the figure has the width of a phone
EMPTY = "Aucune donnée pour l’instant"

# What XML 1.0 cannot hold, even escaped: a pasted control character must not break the page.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def finite(value: Number | None) -> float | None:
    """The value as a float; None for what is missing or not finite."""
    number = as_decimal(value)
    return None if number is None else float(number)


def known(values: Iterable[Number | None]) -> list[float]:
    """The values that can be drawn."""
    return [number for value in values if (number := finite(value)) is not None]


def written(value: Number | None, unit: str = "") -> str:
    """A value and its unit in French."""
    return str(quantity(value, unit))


def shortened(text: str, length: int) -> str:
    """The text, cut with an ellipsis when it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def clean(text: str) -> str:
    """Text ready for XML, as content or as attribute."""
    return escape(_FORBIDDEN.sub("", text), quote=True)


def coordinate(value: float) -> str:
    """A length with two decimals at most: a hundredth of a unit is below what a screen shows."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class Drawing:
    """An SVG of a fixed width of 640 units (or `width`), filled mark by mark.

    On a page, abscissas of the usual width are squeezed to 400 units: letters keep their size, so they read larger.

    A mark is one or more names separated by spaces; each is a class of the style sheet and a key of the palette.
    """

    def __init__(self, height: float, palette: Palette | None, *, width: float = WIDTH) -> None:
        self._squeeze = PAGE_WIDTH / WIDTH if palette is None and width == WIDTH else 1.0
        self.width = width * self._squeeze
        self.height = height
        self._palette = palette
        self._parts: list[str] = []

    def rect(self, mark: str, x: float, y: float, width: float, height: float, radius: float = 0) -> None:
        rounded = f' rx="{coordinate(radius)}"' if radius else ""
        self._parts.append(
            f'<rect{self._look(mark)} x="{self._across(x)}" y="{coordinate(y)}" width="{self._across(max(width, 0))}" '
            f'height="{coordinate(max(height, 0))}"{rounded}/>'
        )

    def path(self, mark: str, points: Sequence[tuple[float, float]]) -> None:
        """A broken line through the points, one or more."""
        route = " ".join(f"{self._across(x)} {coordinate(y)}" for x, y in points)
        self._parts.append(f'<path{self._look(mark)} d="M{route}"/>')

    def veil(self, mark: str, points: Sequence[tuple[float, float]]) -> None:
        """A closed surface that lets the grid show through."""
        route = " ".join(f"{self._across(x)} {coordinate(y)}" for x, y in points)
        self._parts.append(f'<path{self._look(mark)} fill-opacity="0.14" d="M{route}Z"/>')

    def circle(self, mark: str, x: float, y: float, radius: float) -> None:
        self._parts.append(f'<circle{self._look(mark)} cx="{self._across(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"/>')

    def text(self, mark: str, x: float, y: float, content: str) -> None:
        self._parts.append(
            f'<text{self._look(mark, base="text")} x="{self._across(x)}" y="{coordinate(y)}">{clean(content)}</text>'
        )

    def _across(self, x: float) -> str:
        return coordinate(x * self._squeeze)

    def open_group(self, mark: str) -> None:
        self._parts.append(f"<g{self._look(mark)}>")

    def close_group(self) -> None:
        self._parts.append("</g>")

    def finish(self, label: str) -> str:
        """The whole SVG. `label` is what is said instead of the picture; ValueError when it is empty."""
        if not label.strip():
            raise ValueError("a chart needs a sentence that says what it shows")
        width, height = coordinate(self.width), coordinate(self.height)
        # As an image of a PDF, it needs a size of its own; on a page, the style sheet gives it the width of its figure.
        size = "" if self._palette is None else f' width="{width}" height="{height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"{size} role="img" '
            f'aria-label="{clean(label)}">{"".join(self._parts)}</svg>'
        )

    def _look(self, mark: str, base: str = "") -> str:
        if self._palette is None:
            return f' class="{mark}"' if mark else ""
        attributes: dict[str, str] = {}
        for name in (base, *mark.split()):
            if name:
                attributes.update(self._palette[name])
        return "".join(f' {key}="{clean(value)}"' for key, value in attributes.items())


def empty(label: str, palette: Palette | None, *, width: float = WIDTH, height: float = 60) -> str:
    """What is drawn when there is nothing to show: a sentence."""
    drawing = Drawing(height, palette, width=width)
    drawing.text("m", width / 2, height / 2 + 4, EMPTY)
    return drawing.finish(label)
