"""Charts as SVG text, drawn on the server: one source for pages and PDF. Pure: no Django, no I/O.

Each function takes its data, `label` (the sentence a screen reader says) and `palette`: None writes the classes of
components.css (inside a `.chart` figure), PRINT writes attributes, for a PDF where the SVG is an image. Every text is
escaped, so the result may be marked safe. A table of the same figures belongs beside each chart.
"""

from .bars import Bar, StatedBar, horizontal_bars, state_bars
from .funnel import Step, funnel
from .lines import line_chart, sparkline
from .palette import PRINT, Palette
from .svg import Number

__all__ = [
    "PRINT",
    "Bar",
    "Number",
    "Palette",
    "StatedBar",
    "Step",
    "funnel",
    "horizontal_bars",
    "line_chart",
    "sparkline",
    "state_bars",
]
