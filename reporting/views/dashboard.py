"""The dashboard: one address, a page for the team, one for the élu(e), one for the partners."""

from datetime import date

from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actors.enums import EngagementStage
from eit_platform.common.formats import MONTHS, quantity
from eit_platform.common.formats import unit as printed_unit
from reporting import aggregates, charts, collect, perms, queries, sentences
from reporting.models import Report
from reporting.trajectory import Verdict, monthly_targets
from synergies.enums import Detection, LeadState, SynergyStage
from synergies.models import JournalEntry, Synergy
from territories.access import demarche_page

MONTHS_SHOWN = 24
PACE_MONTHS = 12
RECENT = 3


@require_safe
@demarche_page(allow=perms.read_dashboard)
def dashboard(request, slug):
    """The page made for who asks."""
    access = request.access
    if perms.read_whole_dashboard(access):
        return render(request, "reporting/dashboard.html", _team(request))
    if access.is_elected:
        return render(request, "reporting/elected.html", _elected(request))
    return render(request, "reporting/partner.html", _partner(request))


def _start(demarche, today: date) -> date:
    """First month of the curves: the start of the démarche, two years ago at most."""
    earliest = _months_before(today, MONTHS_SHOWN - 1)
    return max(demarche.starts_on, earliest) if demarche.starts_on and demarche.starts_on <= today else earliest


def _months_before(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _curve(points, label: str, demarche, target: int | None = None) -> dict:
    """A cumulated curve with its trajectory, and its table."""
    days = [day for day, _count in points]
    targets = monthly_targets(days, target, demarche.starts_on, demarche.ends_on)
    sentence = _("%(label)s, cumul par mois, de %(first)s à %(last)s.") % {
        "label": label,
        "first": points[0][1],
        "last": points[-1][1],
    }
    headers = [_("Mois"), label, *([_("Trajectoire")] if targets else [])]
    rows = [
        (f"{capfirst(MONTHS[day.month - 1])} {day.year}", count, *([str(round(targets[rank]))] if targets else []))
        for rank, (day, count) in enumerate(points)
    ]
    return {"svg": charts.months(points, label=sentence, targets=targets), "headers": headers, "rows": rows}


def _added(points, months: int) -> int:
    """What the last `months` months added."""
    before = points[-months - 1][1] if len(points) > months else 0
    return points[-1][1] - before


def _team(request) -> dict:
    user, demarche, today = request.user, request.access.demarche, timezone.localdate()
    start = _start(demarche, today)
    people = queries.mobilisation(user=user, demarche=demarche, on=today)
    picture = queries.synergy_picture(Synergy.objects.visible_to(user).in_demarche(demarche))
    engaged, running = queries.both_by_month(demarche=demarche, start=start, end=today)
    impacts = queries.impact_totals(user=user, demarche=demarche)
    objectives = collect.objectives(demarche, operational=picture.operational, driving=people.driving, day=today)
    return {
        "today": today,
        "objectives": objectives,
        "objectives_title": _objectives_title(objectives),
        "mobilisation": _mobilisation(people, engaged, demarche),
        "flows": _flows(user, demarche),
        "leads": _leads(user, demarche),
        "synergies": _synergies(picture, running, demarche),
        "impacts": _impacts(impacts),
        "reports": Report.objects.visible_to(user).in_demarche(demarche).defer("data")[:RECENT],
        "can_produce": perms.produce_reports(request.access),
        "stage_headers": [_("Étape"), _("Établissements")],
        "family_headers": [_("Famille"), _("Offres"), _("Besoins")],
        "lead_headers": [_("État"), _("Pistes")],
        "detection_caption": _("Comment elles ont été trouvées"),
        "stage_headers_synergy": [_("Étape"), _("Synergies")],
        "reason_headers": [_("Motif"), _("Synergies")],
        "impact_headers": [_("Effet"), _("Valeur")],
    }


def _objectives_title(objectives) -> str:
    judged = [each for each in objectives if each.verdict != Verdict.UNKNOWN]
    return sentences.objectives([each.label for each in judged if each.verdict == Verdict.BELOW], len(judged))


def _mobilisation(people, engaged, demarche) -> dict:
    rows = [(str(stage.label), people.by_stage[stage]) for stage in EngagementStage]
    return {
        "total": people.total,
        "title": sentences.mobilisation(people.total, people.engaged),
        "driving": people.driving,
        "rows": _capitalised(rows),
        "svg": charts.counts(rows, label=_told(_("Établissements par étape de mobilisation"), rows)),
        "curve": _curve(engaged, _("Établissements engagés"), demarche),
        "pace": sentences.engagement_pace(_added(engaged, PACE_MONTHS)),
    }


def _flows(user, demarche) -> dict:
    counts = queries.flow_counts(user=user, demarche=demarche)
    families = [(label, offers, needs) for _code, label, offers, needs in queries.flow_families(user=user, demarche=demarche)]
    told = _told(_("Flux par famille, offres puis besoins"), [(name, f"{o} / {n}") for name, o, n in families])
    return counts | {
        "title": sentences.flows(counts["offers"], counts["needs"]),
        "rows": families,
        "svg": charts.families(families, label=told),
    }


def _leads(user, demarche) -> dict:
    table = queries.lead_table(user=user, demarche=demarche)
    by_state = [(str(state.label), sum(states[state.value] for states in table.values()), state.value) for state in LeadState]
    counts = {code: count for _label, count, code in by_state}
    rows = [(label, count) for label, count, _code in by_state]
    return {
        "total": sum(counts.values()),
        "title": sentences.leads(sum(counts.values()), counts[LeadState.NEW], counts[LeadState.KEPT]),
        "rows": _capitalised(rows),
        "svg": charts.counts(rows, label=_told(_("Pistes par état"), rows)),
        "detection": [
            (capfirst(str(detection.label)), sum(table[detection.value].values()), table[detection.value][LeadState.KEPT])
            for detection in Detection
        ],
    }


def _synergies(picture, running, demarche) -> dict:
    steps = [(row.label, row.count, row.is_bottleneck) for row in picture.funnel]
    counts = [(label, count) for label, count, _blocked in steps]
    return {
        "total": picture.total,
        "operational": picture.operational,
        "title": sentences.funnel(steps),
        "bottleneck": sentences.bottleneck(steps),
        "funnel": picture.funnel,
        "svg": charts.funnel(steps, label=_told(_("Synergies ayant atteint au moins chaque étape"), counts)),
        "rows": _capitalised(counts),
        "stages": [(stage.value, picture.by_stage[stage]) for stage in SynergyStage if picture.by_stage[stage]],
        "reasons": _capitalised(picture.reasons),
        "reasons_title": sentences.reasons(picture.reasons),
        "reasons_svg": charts.counts(picture.reasons, label=_told(_("Motifs d’abandon"), picture.reasons)),
        "curve": _curve(running, _("Synergies démarrées"), demarche, demarche.synergies_target),
    }


def _impacts(totals) -> dict:
    """Effects by indicator, and a drawing for each unit that has more than one figure."""
    rows = aggregates.with_protection(totals)
    drawn = []
    for unit in dict.fromkeys(row.unit for row in rows):
        group = [(row.label, {code: getattr(row, code) for code, _word in charts.STATES}) for row in rows if row.unit == unit]
        bars = [
            (name, word, values[code]) for name, values in group for code, word in charts.STATES if values[code] is not None
        ]
        if len(bars) > 1:
            told = ", ".join(f"{name} {word} {quantity(value, unit)}" for name, word, value in bars)
            drawn.append(
                {
                    "unit": unit,
                    "title": _("En %(unit)s") % {"unit": printed_unit(unit)},
                    "svg": charts.impacts(group, unit, label=f"{told}."),
                    "rows": [(f"{capfirst(name)}, {word}", quantity(value, unit)) for name, word, value in bars],
                }
            )
    return {"title": sentences.impacts({total.indicator: total.realised for total in totals}), "rows": rows, "charts": drawn}


def _capitalised(rows) -> list[tuple[str, int]]:
    return [(capfirst(label), count) for label, count in rows]


def _told(title: str, rows) -> str:
    return f"{title}. " + ", ".join(f"{label} {count}" for label, count in rows) + "."


# --- The élu(e)'s page ------------------------------------------------------------------------------------------------
def _elected(request) -> dict:
    user, demarche, today = request.user, request.access.demarche, timezone.localdate()
    known = aggregates.parties(demarche)
    picture = queries.whole_picture(demarche)
    people = queries.mobilisation(user=user, demarche=demarche, on=today)
    impacts = aggregates.published_impacts(demarche=demarche, known=known, everything=False, until=today.year)
    objectives = collect.objectives(demarche, operational=picture.operational, driving=people.driving, day=today)
    running = next(each for each in objectives if each.code == "operational")
    visible = Synergy.objects.visible_to(user).in_demarche(demarche)
    moved = (
        JournalEntry.objects.visible_to(user)
        .in_demarche(demarche)
        .filter(kind="stage", to_stage__in=queries.OPERATIONAL)
        .select_related("synergy")
    )
    return {
        "today": today,
        "headline": sentences.elected(picture.operational, demarche.synergies_target, running.verdict.value),
        "running": running,
        "figures": _elected_figures(impacts),
        "people": people,
        "moved": [
            {
                "label": _("%(title)s : %(stage)s")
                % {"title": entry.synergy.title, "stage": SynergyStage(entry.to_stage).label},
                "date": entry.happened_on,
                "state": "done",
            }
            for entry in moved[:RECENT]
        ],
        "success": visible.exclude(started_on=None).order_by("-started_on", "-id").first(),
        "risk": _risk(picture, objectives),
        "reports": Report.objects.visible_to(user).in_demarche(demarche).frozen().defer("data")[:RECENT],
    }


def _elected_figures(impacts) -> list[dict]:
    """Two effects at most, realised; a third figure, the running synergies, comes before them."""
    chosen = []
    by_code = {total.indicator: total for total in impacts}
    for code in ("waste_diverted", "waste_avoided", "savings", "co2_avoided", "energy_saved", "water_saved"):
        total = by_code.get(code)
        if total is not None and total.realised:
            chosen.append({"value": total.realised, "unit": total.unit, "label": total.label})
    return chosen[:2]


def _risk(picture, objectives) -> dict | None:
    """The first thing that should worry: an objective below its line, else where synergies stop."""
    for objective in objectives:
        if objective.verdict == Verdict.BELOW:
            return {
                "title": _("%(label)s : %(value)s, quand il en faudrait %(due)s")
                % {"label": objective.label, "value": objective.value, "due": round(objective.due_now)},
                "text": _("L’objectif est de %(target)s à la fin de la démarche.") % {"target": objective.target},
            }
    rows = [(row.label, row.count, row.is_bottleneck) for row in picture.funnel]
    blocked = sentences.bottleneck(rows)
    if blocked:
        return {"title": _("Des synergies s’arrêtent en chemin"), "text": blocked}
    return None


# --- The partners' page -----------------------------------------------------------------------------------------------
def _partner(request) -> dict:
    user, demarche, today = request.user, request.access.demarche, timezone.localdate()
    known = aggregates.parties(demarche)
    people = queries.mobilisation(user=user, demarche=demarche, on=today)
    flows = aggregates.partner_flows(demarche=demarche)
    return {
        "today": today,
        "mobilisation": aggregates.partner_mobilisation(people),
        "offers": flows["offer"],
        "needs": flows["need"],
        "synergies": aggregates.partner_synergies(demarche=demarche, known=known),
        "impacts": aggregates.published_impacts(demarche=demarche, known=known, everything=True, until=today.year),
        "reports": Report.objects.visible_to(user).in_demarche(demarche).defer("data")[:RECENT],
    }
