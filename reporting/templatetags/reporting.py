"""Cells of the tables of effects, and units inside a sentence."""

from collections.abc import Mapping

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eit_platform.common import formats

register = template.Library()


@register.filter
def units(text) -> SafeString:
    """A sentence whose ₂ become true subscripts, as our fonts have none; the rest is escaped."""
    return format_html_join(SafeString("<sub>2</sub>"), "{}", ((part,) for part in str(text).split("₂")))


def _read(row, name: str):
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


@register.simple_tag
def impact_value(row, state: str) -> SafeString:
    """The figure of one state; « donnée protégée » when it is; a loss is told by its sign and marked."""
    if state in _read(row, "protected"):
        return format_html('<span class="small">{}</span>', _("donnée protégée"))
    value = _read(row, state)
    if value is None:
        return conditional_escape(formats.MISSING)
    if value < 0:
        return format_html('<span class="lost">{}</span>', formats.number(value))
    return conditional_escape(formats.number(value))


@register.simple_tag
def impact_cell(row, state: str) -> SafeString:
    """The same in a cell of a table."""
    return format_html('<td class="num">{}</td>', impact_value(row, state))
