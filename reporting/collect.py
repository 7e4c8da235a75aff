"""The data of an annual report: one dict, read once, from which the PDF and the JSON file are made.

Its form is documented in docs/rapport.md; a change of form changes SCHEMA.
"""

import json
from contextlib import contextmanager
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from actors.enums import EngagementStage
from reporting import aggregates, indicators, queries
from reporting.models import Indicator, Target
from reporting.trajectory import judged
from synergies.enums import STAGE_ORDER, Detection, LeadState, SynergyStage
from synergies.models import EmissionFactor, Synergy
from territories.enums import Confidentiality

SCHEMA = "boucles.rapport-annuel/1"
_THOUSANDTH = Decimal("0.001")


@contextmanager
def snapshot():
    """One view of the database for all the queries of the block, so that its figures agree with one another."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def annual_data(demarche, *, year: int, introduction: str, moment: datetime) -> dict:
    """Everything the report on `year` says, as it stands at `moment`; JSON types only.

    Figures of the year are those declared for it; stages are those of the day when the report is made.
    """
    as_of = timezone.localdate(moment)
    end = min(date(year, 12, 31), as_of)
    with snapshot():
        picture = queries.whole_picture(demarche)
        people = queries.mobilisation(user=None, demarche=demarche, on=end)
        return {
            "schema": SCHEMA,
            "demarche": _demarche(demarche, year),
            "period": {"from": f"{year}-01-01", "to": end.isoformat(), "as_of": as_of.isoformat()},
            "introduction": introduction,
            "mobilisation": _mobilisation(demarche, people, year, end),
            "flows": _flows(demarche),
            "leads": _leads(demarche),
            "synergies": _synergies(demarche, picture, year, end),
            "impacts": _impacts(demarche, year),
            "objectives": _objectives(demarche, picture, people, end),
            "indicators": _indicators(demarche, year, as_of),
            "factors": _factors(demarche),
        }


def signed(data: dict, *, report, number: int, author, moment: datetime) -> dict:
    """The data with the identity of the report, known only when it is frozen."""
    return data | {
        "report": {
            "uuid": str(report.uuid),
            "kind": report.kind,
            "number": number,
            "title": report.title,
            "year": report.year,
            "author": author.full_name,
            "frozen_at": timezone.localtime(moment).isoformat(timespec="seconds"),
            "made_with": settings.PRODUCT_NAME,
        }
    }


def to_bytes(data: dict) -> bytes:
    """The JSON file: UTF-8, keys in order, so that the same data give the same bytes."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def number(value) -> int | float | None:
    """A Decimal as a JSON number, to the thousandth; None stays None."""
    if value is None:
        return None
    rounded = Decimal(value).quantize(_THOUSANDTH, rounding=ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _demarche(demarche, year: int) -> dict:
    return {
        "slug": demarche.slug,
        "name": demarche.name,
        "carrier": demarche.carrier,
        "network": demarche.network.name if demarche.network else "",
        "communes": demarche.communes.count(),
        "starts_on": demarche.starts_on.isoformat() if demarche.starts_on else None,
        "ends_on": demarche.ends_on.isoformat() if demarche.ends_on else None,
        "year_rank": year - demarche.starts_on.year + 1 if demarche.starts_on else None,
        "is_demonstration": demarche.is_demonstration,
    }


def _months(points) -> list[dict]:
    return [{"month": day.isoformat()[:7], "count": count} for day, count in points]


def _series(reader, demarche, year: int, end: date) -> tuple[list[dict], int]:
    """The cumulated months of the year, and what the year added."""
    points = reader(demarche=demarche, start=date(year - 1, 12, 1), end=end)
    return _months(points[1:]), points[-1][1] - points[0][1]


def _mobilisation(demarche, people, year: int, end: date) -> dict:
    months, added = _series(queries.engaged_by_month, demarche, year, end)
    return {
        "establishments": people.total,
        "driving": people.driving,
        "engaged": people.engaged,
        "engaged_in_year": added,
        "by_stage": [
            {"code": stage.value, "label": str(stage.label), "count": people.by_stage[stage]} for stage in EngagementStage
        ],
        "engaged_by_month": months,
    }


def _flows(demarche) -> dict:
    counts = queries.flow_counts(user=None, demarche=demarche)
    families = queries.flow_families(user=None, demarche=demarche)
    return {
        "total": counts["total"],
        "offers": counts["offers"],
        "needs": counts["needs"],
        "establishments": counts["establishments"],
        "last_on": counts["last_on"].isoformat() if counts["last_on"] else None,
        "by_family": [
            {"code": code, "label": label, "offers": offers, "needs": needs} for code, label, offers, needs in families
        ],
    }


def _leads(demarche) -> dict:
    table = queries.lead_table(user=None, demarche=demarche)
    return {
        "total": sum(sum(states.values()) for states in table.values()),
        "by_state": [
            {
                "code": state.value,
                "label": str(state.label),
                "count": sum(states[state.value] for states in table.values()),
            }
            for state in LeadState
        ],
        "by_detection": [
            {
                "code": detection.value,
                "label": str(detection.label),
                "count": sum(table[detection.value].values()),
                "kept": table[detection.value][LeadState.KEPT],
            }
            for detection in Detection
        ],
    }


def _synergies(demarche, picture, year: int, end: date) -> dict:
    months, added = _series(queries.running_by_month, demarche, year, end)
    running = (
        Synergy.objects.in_demarche(demarche)
        .filter(stage__in=queries.OPERATIONAL)
        .annotate(
            members=Count("parties__establishment", distinct=True),
            private=Count("parties", filter=Q(parties__flow__confidentiality=Confidentiality.PRIVATE)),
        )
        .order_by("started_on", "number")
    )
    named = [synergy for synergy in running if not synergy.private]
    return {
        "total": picture.total,
        "operational": picture.operational,
        "recurrent": picture.recurrent,
        "started_in_year": added,
        "funnel": [
            {
                "code": row.stage,
                "label": row.label,
                "count": row.count,
                "converted_percent": None if row.converted is None else number(row.converted),
                "is_bottleneck": row.is_bottleneck,
            }
            for row in picture.funnel
        ],
        "by_stage": [
            {"code": stage.value, "label": str(stage.label), "count": picture.by_stage[stage]} for stage in SynergyStage
        ],
        "stop_reasons": [{"label": label, "count": count} for label, count in picture.reasons],
        "started_by_month": months,
        "running": [
            {
                "number": synergy.number,
                "title": synergy.title,
                "family": synergy.family,
                "family_label": queries.family_label(synergy.family),
                "kind": synergy.kind,
                "kind_label": synergy.get_kind_display(),
                "stage": synergy.stage,
                "stage_label": synergy.get_stage_display(),
                "stage_rank": STAGE_ORDER.index(synergy.stage) + 1,
                "started_on": synergy.started_on.isoformat() if synergy.started_on else None,
                "is_recurrent": synergy.is_recurrent,
                "establishments": synergy.members,
                "source": synergy.source_note,
            }
            for synergy in named
        ],
        "not_named": len(running) - len(named),
    }


def _impacts(demarche, year: int) -> dict:
    known = aggregates.parties(demarche)

    def board(**period) -> list[dict]:
        totals = aggregates.published_impacts(demarche=demarche, known=known, everything=False, **period)
        return [
            {
                "indicator": total.indicator,
                "label": total.label,
                "unit": total.unit,
                "realised": number(total.realised),
                "expected": number(total.expected),
                "potential": number(total.potential),
                "synergies": total.synergies,
                "protected": sorted(total.protected),
            }
            for total in totals
        ]

    return {"year": board(year=year), "to_date": board(until=year), "ahead": board(after=year)}


def objectives(demarche, *, operational: int, driving: int, day: date) -> list:
    """The démarche's own objectives, judged on `day`."""
    figures = (
        ("driving", "Acteurs moteurs", driving, demarche.driving_actors_target),
        ("operational", "Synergies en fonctionnement", operational, demarche.synergies_target),
    )
    return [
        judged(code, label, value, target, demarche.starts_on, demarche.ends_on, day) for code, label, value, target in figures
    ]


def _objectives(demarche, picture, people, day: date) -> list[dict]:
    return [
        {
            "code": objective.code,
            "label": objective.label,
            "value": objective.value,
            "target": objective.target,
            "due_now": None if objective.due_now is None else round(objective.due_now, 1),
            "verdict": objective.verdict.value,
        }
        for objective in objectives(demarche, operational=picture.operational, driving=people.driving, day=day)
    ]


def indicator_rows(demarche, *, year: int, on: date) -> list[dict]:
    """Each indicator with its value on the day, the target of the year and its score; the defaults when none is stored."""
    values = queries.indicator_values(demarche=demarche, on=on)
    stored = {each.code: each for each in Indicator.objects.in_demarche(demarche)}
    targets = dict(Target.objects.in_demarche(demarche).filter(year=year).values_list("indicator__code", "value"))
    rows = []
    for definition in indicators.DEFAULTS:
        indicator = stored.get(definition.code, definition)
        value, target = values[definition.formula], targets.get(definition.code)
        rows.append(
            {
                "code": definition.code,
                "label": str(indicator.label),
                "reference": indicator.reference,
                "unit": indicator.unit,
                "value": value,
                "target": target,
                "score": indicators.score(value, target),
            }
        )
    return rows


def _indicators(demarche, year: int, on: date) -> list[dict]:
    rows = indicator_rows(demarche, year=year, on=on)
    return [row | {"target": number(row["target"]), "score": number(row["score"])} for row in rows]


def _factors(demarche) -> list[dict]:
    """The factors behind the figures: those of the figures themselves, and those of their terms."""
    used, named = set(), set()
    impacts = queries.counted_impacts(user=None, demarche=demarche)
    for factor, terms in impacts.order_by().values_list("factor_id", "terms"):
        if factor:
            used.add(factor)
        named.update(_named_factors(terms))
    chosen = Q(pk__in=used)
    for code, version in named:
        chosen |= Q(code=code, version=version)
    return [
        {
            "code": factor.code,
            "version": factor.version,
            "label": factor.label,
            "value": number(factor.value),
            "unit": factor.unit,
            "uncertainty_percent": number(factor.uncertainty_pct),
            "source": factor.source,
            "validity": factor.validity,
            "is_provisional": factor.is_provisional,
        }
        for factor in EmissionFactor.objects.filter(chosen).order_by("label", "code", "version")
    ]


def _named_factors(terms) -> set[tuple[str, str]]:
    """(code, version) of the factors that the terms of a calculation name."""
    found = set()
    for term in terms if isinstance(terms, list) else []:
        factor = term.get("factor") if isinstance(term, dict) else None
        if isinstance(factor, dict) and factor.get("code") and factor.get("version"):
            found.add((factor["code"], factor["version"]))
    return found
