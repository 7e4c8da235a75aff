"""The charts of the dashboard and of the report, from the same rows: SVG text, `palette=PRINT` for the PDF."""

from collections.abc import Sequence
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eit_platform.common import charts

STATES = (
    ("realised", gettext_lazy("réalisé")),
    ("expected", gettext_lazy("attendu")),
    ("potential", gettext_lazy("potentiel")),
)
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def counts(rows: Sequence[tuple[str, int]], *, label: str, palette=None) -> str:
    """One bar per (label, count)."""
    return charts.horizontal_bars([charts.Bar(capfirst(name), count) for name, count in rows], label=label, palette=palette)


def families(rows: Sequence[tuple[str, int, int]], *, label: str, palette=None) -> str:
    """Two bars per family: offers, then needs in their own colour."""
    bars = []
    for name, offers, needs in rows:
        bars.append(charts.Bar(_("%(family)s, offres") % {"family": name}, offers))
        bars.append(charts.Bar(_("%(family)s, besoins") % {"family": name}, needs, mark="c2"))
    return charts.horizontal_bars(bars, label=label, palette=palette)


def funnel(rows: Sequence[tuple[str, int, bool]], *, label: str, palette=None) -> str:
    """One step per (stage, count, is it the bottleneck)."""
    steps = [
        charts.Step(capfirst(name), count, _("c’est ici que ça bloque") if blocked else "") for name, count, blocked in rows
    ]
    return charts.funnel(steps, label=label, palette=palette)


def months(points: Sequence[tuple[date, int]], *, label: str, targets: Sequence[float] = (), palette=None) -> str:
    """A cumulated count by month, with its trajectory when there is one."""
    labels = [f"{SHORT_MONTHS[day.month - 1]} {day.year % 100:02d}" for day, _count in points]
    values = [count for _day, count in points]
    return charts.line_chart(labels, values, label=label, targets=targets, filled=True, palette=palette)


def impacts(rows: Sequence[tuple[str, dict]], unit: str, *, label: str, palette=None) -> str:
    """One bar per indicator and state, never one on top of the other: the states are not added together."""
    bars = []
    for name, values in rows:
        for code, word in STATES:
            if values.get(code) is not None:
                title = _("%(indicator)s, %(state)s") % {"indicator": capfirst(name), "state": word}
                bars.append(charts.StatedBar(title, **{code: values[code]}))
    return charts.state_bars(bars, label=label, unit=unit, palette=palette)
