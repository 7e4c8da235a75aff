"""Looks of the marks of a chart: names are the classes of components.css, values the attributes that do the same."""

from collections.abc import Mapping
from types import MappingProxyType

Palette = Mapping[str, Mapping[str, str]]

_ROUND = {"stroke-linecap": "round", "stroke-linejoin": "round"}
_TEXT = {"font-family": "Source Sans 3 Variable, Source Sans 3, sans-serif", "font-size": "13", "fill": "#40525a"}

# The light values of tokens.css: paper is white.
PRINT: Palette = MappingProxyType(
    {
        "text": _TEXT,
        "b": {"font-weight": "650", "fill": "#14252a"},
        "m": {"text-anchor": "middle"},
        "e": {"text-anchor": "end"},
        "grid-l": {"fill": "none", "stroke": "#d8d7cd", "stroke-width": "1"},
        "axis": {"fill": "none", "stroke": "#56656b", "stroke-width": "1.5"},
        "c1": {"fill": "#0a5964"},
        "c2": {"fill": "#96490d"},
        "c3": {"fill": "#708f95"},
        "l1": {"fill": "none", "stroke": "#0a5964", "stroke-width": "3", **_ROUND},
        "l2": {"fill": "none", "stroke": "#96490d", "stroke-width": "3", **_ROUND},
        "l3": {"fill": "none", "stroke": "#56656b", "stroke-width": "2", "stroke-dasharray": "2 6", **_ROUND},
        "dash": {"stroke-dasharray": "7 6"},
        "dot": {"stroke-dasharray": "1 7"},
        "pt": {"fill": "#ffffff", "stroke": "#0a5964", "stroke-width": "3"},
        "f1": {"fill": "#708f95"},
        "f2": {"fill": "#557f87"},
        "f3": {"fill": "#417b83"},
        "f4": {"fill": "#266972"},
        "f5": {"fill": "#0a5964"},
        "f6": {"fill": "#073f48"},
        # Groups carry a class for the style sheet alone.
        "funnel": {},
    }
)
