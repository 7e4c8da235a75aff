"""The annual report as a PDF/UA-1 file, from its data alone.

WeasyPrint reads nothing from the network nor from the disk: each address it may ask for is in a table made here. What
people typed reaches it through autoescaped templates only.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from eit_platform.common.charts import PRINT
from eit_platform.common.formats import MONTHS, quantity
from eit_platform.common.formats import unit as printed_unit
from reporting import charts, sentences

ORIGIN = "https://rapport.invalid/"  # a reserved name, that no server answers for
FILES = {
    "css/report_print.css": "text/css",
    "img/report_cover.svg": "image/svg+xml",
    "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2": "font/woff2",
    "vendor/source-sans-3/source-sans-3-latin-ext-wght-normal.woff2": "font/woff2",
    "vendor/source-sans-3/source-sans-3-latin-wght-italic.woff2": "font/woff2",
    "vendor/bricolage-grotesque/bricolage-grotesque-latin-wght-normal.woff2": "font/woff2",
    "vendor/bricolage-grotesque/bricolage-grotesque-latin-ext-wght-normal.woff2": "font/woff2",
}
# Our fonts have neither: a report must not depend on the fonts of the machine that prints it.
_ABSENT = str.maketrans({"\u202f": "\u00a0", "₂": "2"})
_UNITS = ("t", "tCO2e", "MWh", "m3", "k€", "ETP", "km")


class ForbiddenAddress(ValueError):
    """The document asked for something that is not in the table."""


class ClosedFetcher(URLFetcher):
    """Serves a fixed table of bytes; everything else is refused, whatever its scheme, and stops the rendering."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]):
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = dict(assets)

    def fetch(self, url, headers=None):
        """The asset at this exact address. Raises ForbiddenAddress for any other."""
        if url not in self._assets:
            raise ForbiddenAddress(url)
        body, content_type = self._assets[url]
        return URLFetcherResponse(url, body=body, headers={"Content-Type": content_type})


@cache
def _own_files() -> dict[str, tuple[bytes, str]]:
    root = Path(settings.BASE_DIR) / "static"
    return {ORIGIN + name: ((root / name).read_bytes(), content_type) for name, content_type in FILES.items()}


def render(data: dict) -> bytes:
    """The PDF of a report whose `data` is complete (see docs/rapport.md)."""
    pictures = _pictures(data)
    assets = _own_files() | {
        f"{ORIGIN}charts/{name}.svg": (picture["svg"].translate(_ABSENT).encode(), "image/svg+xml")
        for name, picture in pictures.items()
    }
    html = render_to_string("pdf/annual_report.html", _context(data, pictures)).replace("\u202f", "\u00a0")
    document = HTML(string=html, base_url=ORIGIN, url_fetcher=ClosedFetcher(assets))
    return document.write_pdf(pdf_variant="pdf/ua-1", font_config=FontConfiguration())


def _context(data: dict, pictures: dict) -> dict:
    synergies, mobilisation, flows, leads = data["synergies"], data["mobilisation"], data["flows"], data["leads"]
    steps = _steps(synergies)
    states = {row["code"]: row["count"] for row in leads["by_state"]}
    to_date = {row["indicator"]: row["realised"] for row in data["impacts"]["to_date"]}
    judged = [row for row in data["objectives"] if row["verdict"] != "unknown"]
    return {
        "data": data,
        "charts": pictures,
        "dates": {
            "from": date.fromisoformat(data["period"]["from"]),
            "to": date.fromisoformat(data["period"]["to"]),
            "as_of": date.fromisoformat(data["period"]["as_of"]),
            "frozen": datetime.fromisoformat(data["report"]["frozen_at"]),
            "last_flow": date.fromisoformat(flows["last_on"]) if flows["last_on"] else None,
        },
        "running": [
            row | {"since": date.fromisoformat(row["started_on"]) if row["started_on"] else None}
            for row in synergies["running"]
        ],
        "headline_figures": _headline_figures(data),
        "months": [
            {"label": long_month(_month(engaged["month"])), "engaged": engaged["count"], "started": started["count"]}
            for engaged, started in zip(mobilisation["engaged_by_month"], synergies["started_by_month"], strict=True)
        ],
        "titles": {
            "mobilisation": sentences.mobilisation(mobilisation["establishments"], mobilisation["engaged"]),
            "flows": sentences.flows(flows["offers"], flows["needs"]),
            "leads": sentences.leads(leads["total"], states["new"], states["kept"]),
            "funnel": sentences.funnel(steps),
            "bottleneck": sentences.bottleneck(steps),
            "reasons": sentences.reasons([(row["label"], row["count"]) for row in synergies["stop_reasons"]]),
            "impacts": sentences.impacts(to_date),
            "objectives": sentences.objectives([row["label"] for row in judged if row["verdict"] == "below"], len(judged)),
        },
    }


def _headline_figures(data: dict) -> list[dict]:
    """Four figures at most, all realised, for the page that is read when no other is."""
    figures = [
        {"value": data["synergies"]["operational"], "unit": "", "label": _("synergies en fonctionnement")},
        {"value": data["mobilisation"]["engaged"], "unit": "", "label": _("établissements engagés")},
    ]
    totals = {row["indicator"]: row for row in data["impacts"]["to_date"]}
    for code in ("waste_diverted", "waste_avoided", "co2_avoided", "savings", "energy_saved", "water_saved"):
        row = totals.get(code)
        if row and row["realised"]:
            label = _("%(label)s depuis le début") % {"label": row["label"]}
            figures.append({"value": row["realised"], "unit": row["unit"], "label": label})
    return figures[:4]


def _steps(synergies: dict) -> list[tuple[str, int, bool]]:
    return [(row["label"], row["count"], row["is_bottleneck"]) for row in synergies["funnel"]]


def _pictures(data: dict) -> dict[str, dict]:
    """Each chart with the sentence that says it; those that would be empty are left out."""
    synergies, mobilisation = data["synergies"], data["mobilisation"]
    pictures: dict[str, dict] = {}

    def add(name: str, drawing, rows, alt: str, **more) -> None:
        if rows:
            pictures[name] = {"svg": drawing(rows, *more.pop("extra", ()), label=alt, palette=PRINT, **more), "alt": alt}

    stages = [(row["label"], row["count"]) for row in mobilisation["by_stage"]]
    add("stages", charts.counts, stages if mobilisation["establishments"] else [], _told(_("Établissements par étape"), stages))
    engaged = [(_month(row["month"]), row["count"]) for row in mobilisation["engaged_by_month"]]
    if len(engaged) > 1 and engaged[-1][1]:
        alt = _("Établissements engagés, cumul par mois, de %(first)s à %(last)s.") % {
            "first": engaged[0][1],
            "last": engaged[-1][1],
        }
        add("engaged", charts.months, engaged, alt)
    families = [(row["label"], row["offers"], row["needs"]) for row in data["flows"]["by_family"]]
    told = "; ".join(
        _("%(family)s, %(offers)s offres et %(needs)s besoins") % {"family": name, "offers": offers, "needs": needs}
        for name, offers, needs in families
    )
    add("families", charts.families, families, _("Flux par famille. %(told)s.") % {"told": told})
    leads = [(row["label"], row["count"]) for row in data["leads"]["by_state"]]
    add("leads", charts.counts, leads if data["leads"]["total"] else [], _told(_("Pistes par état"), leads))
    steps = _steps(synergies)
    alt = _told(_("Synergies ayant atteint au moins chaque étape"), [(name, count) for name, count, _b in steps])
    add("funnel", charts.funnel, steps if synergies["total"] else [], alt)
    reasons = [(row["label"], row["count"]) for row in synergies["stop_reasons"]]
    add("reasons", charts.counts, reasons, _told(_("Motifs d’abandon"), reasons))
    for unit in _UNITS:
        rows = [
            (row["label"], row)
            for row in data["impacts"]["to_date"]
            if row["unit"] == unit and any(row[code] is not None for code, _word in charts.STATES)
        ]
        if sum(row[code] is not None for _label, row in rows for code, _word in charts.STATES) < 2:
            continue  # one bar alone compares nothing
        title = _("Effets depuis le début, en %(unit)s") % {"unit": printed_unit(unit)}
        told = ", ".join(
            f"{label} {word} {quantity(row[code], unit)}"
            for label, row in rows
            for code, word in charts.STATES
            if row[code] is not None
        )
        add(f"impacts-{_UNITS.index(unit)}", charts.impacts, rows, f"{title}. {told}.", extra=(unit,))
        pictures[f"impacts-{_UNITS.index(unit)}"]["title"] = title
    return pictures


def _told(title: str, rows: list[tuple[str, int]]) -> str:
    return f"{title}. " + ", ".join(f"{label} {count}" for label, count in rows) + "."


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def long_month(day: date) -> str:
    """« mars 2026 »."""
    return f"{MONTHS[day.month - 1]} {day.year}"
