"""A démarche that has lived: actors, flows, leads, synergies and their effects, small enough to count by hand."""

from datetime import date, timedelta
from decimal import Decimal

from actors.models import Engagement
from synergies.models import EmissionFactor, Flow, Impact, Lead, Resource, Synergy, SynergyParty
from synergies.models.followup import JournalEntry
from tests.cast import establishment


def _next(model, demarche) -> int:
    return (model.objects.filter(demarche=demarche).order_by("-number").values_list("number", flat=True).first() or 0) + 1


def site(demarche, name: str, stage: str = "to_contact", *, engaged_on: date | None = None, **fields):
    """An establishment at a stage of engagement."""
    place = establishment(demarche, name)
    Engagement.objects.filter(establishment=place).update(
        stage=stage,
        engaged_on=engaged_on,
        refused_on=date(2026, 1, 5) if stage == "refused" else None,
        driving_since=fields.get("driving_since"),
    )
    return place


def flow(place, direction: str = "offer", *, resource=None, label: str = "Chutes de bois", **fields) -> Flow:
    return Flow.objects.create(
        demarche=place.demarche,
        establishment=place,
        number=_next(Flow, place.demarche),
        direction=direction,
        resource=resource,
        label=label,
        provenance_on=fields.pop("provenance_on", date(2026, 3, 2)),
        **fields,
    )


def lead(demarche, state: str = "new", detection: str = "systematic", **fields) -> Lead:
    number = _next(Lead, demarche)
    if state == "refused":
        fields.setdefault("refusal_reason", "economic")
    if state == "postponed":
        fields.setdefault("postponed_until", date(2027, 1, 15))
    return Lead.objects.create(
        demarche=demarche,
        number=number,
        kind="substitution",
        detection=detection,
        state=state,
        title=fields.pop("title", f"Piste {number}"),
        family=fields.pop("family", "matter"),
        pair_key=f"test-{number}",
        **fields,
    )


def synergy(demarche, places=(), stage: str = "lead", *, furthest: str = "", flows=(), **fields) -> Synergy:
    """A synergy between `places`; `flows` gives each its flow, in the same order."""
    number = _next(Synergy, demarche)
    if stage in ("dropped", "paused"):
        fields.setdefault("stop_reason", "economic")
    made = Synergy.objects.create(
        demarche=demarche,
        number=number,
        kind=fields.pop("kind", "substitution"),
        detection="systematic",
        title=fields.pop("title", f"Synergie {number}"),
        family=fields.pop("family", "matter"),
        stage=stage,
        furthest_stage=furthest or (stage if stage not in ("dropped", "paused") else "lead"),
        stage_since=fields.pop("stage_since", date(2026, 5, 4)),
        opened_on=date(2025, 2, 3),
        last_activity_on=fields.pop("last_activity_on", date(2026, 5, 4)),
        **fields,
    )
    for rank, place in enumerate(places):
        SynergyParty.objects.create(
            demarche=demarche,
            synergy=made,
            establishment=place,
            role="giver" if rank == 0 else "taker",
            flow=flows[rank] if rank < len(flows) else None,
        )
    return made


def impact(of: Synergy, indicator: str = "waste_diverted", value="100", state: str = "realised", **fields) -> Impact:
    units = {"co2_avoided": "tCO2e", "savings": "k€", "energy_saved": "MWh", "water_saved": "m3"}
    return Impact.objects.create(
        demarche=of.demarche,
        synergy=of,
        indicator=indicator,
        state=state,
        year=fields.pop("year", 2026),
        value=Decimal(value),
        unit=units.get(indicator, "t"),
        method="Bons de pesée",
        **fields,
    )


def journal(of: Synergy, to_stage: str, on: date) -> JournalEntry:
    return JournalEntry.objects.create(
        demarche=of.demarche, synergy=of, kind="stage", happened_on=on, from_stage="negotiation", to_stage=to_stage
    )


def populate(demarche, *, sites: int = 24, today: date = date(2026, 11, 20)) -> list:
    """A démarche at work: `sites` establishments and what follows from them; gives the establishments."""
    stages = ("engaged", "engaged", "met", "contacted", "to_contact", "refused")
    places = []
    for rank in range(sites):
        stage = stages[rank % len(stages)]
        places.append(
            site(
                demarche,
                f"Établissement Fictif {rank + 1}",
                stage,
                engaged_on=today - timedelta(days=29 * rank) if stage == "engaged" else None,
                driving_since=today - timedelta(days=90) if rank % 8 == 0 else None,
            )
        )
    resources = [
        Resource.objects.filter(family=family, level=3).order_by("code").first()
        for family in ("matter", "energy", "water", "skill", "equipment")
    ]
    for rank, place in enumerate(places):
        flow(place, "offer", resource=resources[rank % 5])
        if rank % 2:
            flow(place, "need", resource=resources[(rank + 1) % 5])
    for rank in range(sites):
        lead(demarche, ("kept", "new", "new", "refused", "postponed")[rank % 5], ("systematic", "empirical")[rank % 2])
    plan = (
        ("sustained", "Sciures de menuiserie vers litière animale", "matter"),
        ("running", "Palettes réparées en commun sur la zone d’activités", "logistics"),
        ("running", "Cartons triés et collectés ensemble", "matter"),
        ("running", "Chaleur de four vers séchage", "energy"),
        ("negotiation", "Achat groupé de contrôles réglementaires", "purchase"),
        ("study", "Eaux de rinçage réemployées", "water"),
        ("qualified", "Formation commune à la sécurité", "skill"),
        ("qualified", "Entrepôt partagé", "land"),
        ("lead", "Boues de lavage vers compost", "matter"),
        ("lead", "Solvants régénérés", "matter"),
    )
    made = []
    for rank, (stage, title, family) in enumerate(plan):
        started = today - timedelta(days=70 * (rank + 1)) if stage in ("running", "sustained") else None
        pair = [places[(2 * rank) % sites], places[(2 * rank + 1) % sites]]
        made.append(
            synergy(
                demarche,
                pair,
                stage,
                title=title,
                family=family,
                started_on=started,
                is_recurrent=stage == "sustained",
                source_note="Fiche de suivi de la démarche (fictive)" if rank < 2 else "",
            )
        )
        if started:
            journal(made[-1], stage, started)
    for rank, reason in enumerate(("economic", "economic", "regulatory", "trust", "economic")):
        synergy(demarche, places[rank : rank + 2], "dropped", furthest="qualified" if rank else "lead", stop_reason=reason)
    factor = EmissionFactor.objects.order_by("code").first()
    for rank, each in enumerate(made[:4]):
        impact(each, "waste_diverted", str(120 + 60 * rank), year=2026)
        impact(each, "waste_diverted", str(80 + 20 * rank), year=2025)
        impact(each, "savings", str(12 + 3 * rank))
        impact(each, "co2_avoided", ("48", "17", "-2", "31")[rank], factor=factor)
        impact(each, "co2_avoided", "20", state="expected", year=2027)
    for each in made[4:7]:
        impact(each, "waste_diverted", "90", state="expected")
        impact(each, "savings", "25", state="potential")
    return places
