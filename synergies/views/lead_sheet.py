"""What the page of a lead says: its sides, its score explained, what is missing, its season."""

import math
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eit_platform.common.formats import number, quantity
from eit_platform.common.units import CONTAINERS
from synergies.enums import Direction, LeadKind
from synergies.matching.columns import effective_profile
from synergies.matching.explanation import Tone, explain, questions
from synergies.matching.french import enumeration, month_ranges
from synergies.matching.types import MatchRow, Side
from synergies.matching.wording import GOOD_FROM, WARN_BELOW
from synergies.matching_rows import flow_row
from synergies.models import Flow, Lead
from synergies.services.lead_proposals import match_row, small
from synergies.views.flow_sheet import typed_quantity
from synergies.views.season_picture import season_picture, season_rows

FAIR_FROM = 0.55
BAR_TONES = {Tone.GOOD: "v", Tone.NEUTRAL: "v2", Tone.WARN: "w"}
_GROUP_PARTS = (
    ("size", gettext_lazy("Nombre"), 0.40),
    ("volume", gettext_lazy("Volume"), 0.20),
    ("compactness", gettext_lazy("Proximité"), 0.25),
    ("season", gettext_lazy("Calendrier"), 0.15),
)


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of the score: what it says, points obtained of points possible, width of its bar in per cent."""

    title: str
    sentence: str
    points: int
    most: int
    percent: float
    bar: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask, the flow to complete, and how the score would move (out of 100)."""

    sentence: str
    low: int
    high: int
    targets: list[dict]


@dataclass(slots=True)
class Season:
    svg: SafeString
    headers: list[str]
    rows: list[tuple]


@dataclass(slots=True)
class LeadSheet:
    """All that the page needs, already in words."""

    sides: list[dict]
    headline: str = ""
    parts: list[PartLine] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    season: Season | None = None
    note: str = ""


def lead_sheet(lead: Lead, slug: str) -> LeadSheet:
    """The sheet of a lead that the person may see: names are those of the démarche's own directory."""
    links = lead.lead_flows.select_related(
        "flow__resource", "flow__waste_code", "flow__establishment__commune", "flow__establishment__naf__division",
        "flow__establishment__headcount",
    ).order_by("pk")  # fmt: skip
    flows = sorted((link.flow for link in links), key=lambda flow: (flow.direction != Direction.OFFER, flow.pk))
    sheet = LeadSheet(sides=[_side(flow, slug) for flow in flows], note=lead.parts.get("note", ""))
    if lead.kind == LeadKind.MUTUALISATION and lead.parts.get("parts"):
        _explain_group(sheet, lead)
    elif "offer_id" in lead.parts and len(flows) == 2:
        _explain_pair(sheet, match_row(lead.parts), flows, slug)
    return sheet


def _side(flow: Flow, slug: str) -> dict:
    site = flow.establishment
    about = [
        site.commune.name if site.commune else site.commune_label,
        small(site.naf.label) if site.naf else "",
        small(site.headcount.label) if site.headcount else "",
    ]
    return {
        "flow": flow,
        "name": site.name,
        "url": reverse("actors:detail", args=[slug, site.uuid]),
        "flow_url": reverse("synergies:flow_detail", args=[slug, flow.uuid]),
        "about": " · ".join(part for part in about if part),
        "what": flow.resource.label if flow.resource else "",
        "says": flow.label,
        "specs": [(title, text) for title, text in _specs(flow) if text],
    }


def _specs(flow: Flow):
    typed = ""
    if flow.quantity is not None and flow.unit not in CONTAINERS:
        typed = f"{quantity(flow.quantity, flow.unit)} {flow.get_period_display()}".strip()
    elif flow.quantity is not None:
        typed = typed_quantity(flow)
    elif flow.yearly_quantity is not None:
        typed = f"{quantity(flow.yearly_quantity, flow.yearly_unit)} {_('par an')}"
    if flow.quantity_min is not None and flow.quantity_max is not None:
        typed = f"{typed} ({number(flow.quantity_min)} à {number(flow.quantity_max)})".strip()
    yield _("Quantité"), f"{typed}, {flow.get_certainty_display()}" if typed else ""
    yield _("Saison"), _months(flow)
    shape = [flow.get_physical_state_display(), flow.form, flow.get_packaging_display()]
    yield _("Forme"), ", ".join(part for part in shape if part)
    if flow.temperature_c is not None:
        yield _("Température"), quantity(flow.temperature_c, "°C")
    yield _("Code déchet"), flow.waste_code.display_code if flow.waste_code else ""
    yield _("Qualité voulue"), flow.minimum_quality
    price = quantity(flow.present_cost, {"EUR/t": "€/t", "EUR/year": "€/an"}.get(flow.present_cost_unit, "€"))
    now = [flow.present_counterpart, price if flow.present_cost is not None else ""]
    words = _("Débouché actuel") if flow.direction == Direction.OFFER else _("Fournisseur actuel")
    yield words, ", ".join(part for part in now if part)


def _months(flow: Flow) -> str:
    if not flow.monthly_profile:
        return ""
    months = [month for month, share in enumerate(flow.monthly_profile, start=1) if share]
    return _("toute l’année") if len(months) == 12 else month_ranges(tuple(months))


def _explain_pair(sheet: LeadSheet, row: MatchRow, flows: list[Flow], slug: str) -> None:
    offer, need = flows
    explained = explain(row, offer_label=offer.resource.label, need_label=need.resource.label)
    sheet.parts = [
        PartLine(
            title=part.title,
            sentence=part.sentence,
            points=round(100 * part.figure * weight),
            most=round(100 * weight),
            percent=100 * part.figure,
            bar=BAR_TONES[part.tone],
        )
        for part, weight in zip(explained, row.weights, strict=True)
    ]
    sheet.headline = _headline(row.score, [small(part.title) for part in explained if part.tone == Tone.WARN])
    by_side = {Side.OFFER: [offer], Side.NEED: [need], Side.BOTH: [offer, need]}
    sheet.questions = [
        Question(
            sentence=question.sentence,
            low=round(100 * question.low),
            high=round(100 * question.high),
            targets=[
                {"name": flow.establishment.name, "url": reverse("synergies:flow_edit", args=[slug, flow.uuid])}
                for flow in by_side[question.side]
            ],
        )
        for question in questions(row)
    ]
    sheet.season = _season(offer, need)


def _season(offer: Flow, need: Flow) -> Season | None:
    today = timezone.localdate()
    one, other = (effective_profile(flow_row(flow, today=today)) for flow in (offer, need))
    if math.isnan(one[0]) or math.isnan(other[0]):
        return None
    label = _("Part de chaque mois dans l’année, offre et besoin")
    drawing = season_picture(one, other, label=label)
    # Every text of the drawing is escaped by the chart package.
    return Season(SafeString(drawing), [_("Mois"), _("Offre"), _("Besoin")], season_rows(one, other))


def _explain_group(sheet: LeadSheet, lead: Lead) -> None:
    parts = lead.parts
    sentences = {
        "size": ngettext("%(count)d établissement.", "%(count)d établissements.", len(parts["establishment_ids"]))
        % {"count": len(parts["establishment_ids"])},
        "volume": _group_volume(lead),
        "compactness": _("À %(mean)s km en moyenne de celui du centre, %(radius)s km au plus.")
        % {"mean": number(parts["mean_km"], 1), "radius": number(parts["radius_km"], 1)},
        "season": _group_season(parts),
    }
    sheet.parts = [
        PartLine(
            title=str(title),
            sentence=sentences[code],
            points=round(100 * parts["parts"][code] * weight),
            most=round(100 * weight),
            percent=100 * parts["parts"][code],
            bar="v" if parts["parts"][code] >= GOOD_FROM else "w" if parts["parts"][code] < WARN_BELOW else "v2",
        )
        for code, title, weight in _GROUP_PARTS
    ]
    weak = [small(line.title) for line in sheet.parts if line.bar == "w"]
    sheet.headline = _headline(lead.score, weak)


def _group_volume(lead: Lead) -> str:
    known, size = lead.parts["known_quantities"], len(lead.parts["establishment_ids"])
    if lead.yearly_quantity is None:
        return _("Aucune quantité n’est connue.")
    return _("%(total)s par an en tout, déclarés par %(known)d sur %(size)d.") % {
        "total": quantity(lead.yearly_quantity, lead.yearly_unit),
        "known": known,
        "size": size,
    }


def _group_season(parts: dict) -> str:
    months = tuple(parts["common_months"])
    if not parts["known_seasons"]:
        return _("Saisons à préciser.")
    if not months:
        return _("Aucun mois en commun.")
    if len(months) == 12:
        return _("Toute l’année en commun.")
    return _("%(count)d mois en commun, %(months)s.") % {"count": len(months), "months": month_ranges(months)}


def _headline(score: float, weak: list[str]) -> str:
    """A title that concludes: what the score is worth, and where the doubt is."""
    verdict = _("Bonne piste") if score >= GOOD_FROM else _("Piste à creuser") if score >= FAIR_FROM else _("Piste fragile")
    if not weak:
        return verdict
    doubts = ngettext("une réserve", "des réserves", len(weak))
    return _("%(verdict)s, %(doubts)s\u00a0: %(parts)s") % {"verdict": verdict, "doubts": doubts, "parts": enumeration(weak)}
