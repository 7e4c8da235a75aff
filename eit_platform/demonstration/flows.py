"""The flows of the fictitious companies, drawn from the sector profiles and the taxonomy that the platform ships.

Quantities are invented, in orders of magnitude of each kind of resource, and larger at larger sites.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from actors.enums import EngagementStage
from eit_platform.common.tables import rows
from eit_platform.common.units import UnitError, to_yearly
from eit_platform.demonstration.companies import Site
from eit_platform.demonstration.conditions import describe, season
from eit_platform.demonstration.days import Days
from eit_platform.demonstration.exchanges import Exchange
from eit_platform.demonstration.territory import DATA
from operations.numbering import next_numbers
from synergies.enums import Certainty, Direction, Family, FlowState, Period, Provenance
from synergies.models import Flow, Resource, SectorProfile, WasteCode
from territories.enums import Confidentiality
from territories.models import Demarche

SIZE = {"00": 0.1, "01": 0.15, "02": 0.25, "03": 0.35, "11": 0.5, "12": 0.8, "21": 1.2, "22": 1.8, "31": 2.5}
HOW_MANY = {EngagementStage.ENGAGED: (6, 9), EngagementStage.MET: (3, 6), EngagementStage.CONTACTED: (0, 2)}
PREFILLED_SITES = 50
CONFIDENTIALITY = {
    Confidentiality.PUBLIC: 18,
    Confidentiality.NETWORK: 17,
    Confidentiality.DEMARCHE: 55,
    Confidentiality.PRIVATE: 10,
}
PROVENANCE = {
    Provenance.QUESTIONNAIRE: 46,
    Provenance.VISIT: 30,
    Provenance.WORKSHOP: 15,
    Provenance.HAND: 6,
    Provenance.IMPORT: 3,
}
COUNTED = ("piece", "big_bag", "h", "jour", "m2")
PERIODS = {"t": {"year": 6, "month": 3, "week": 1}, "kg": {"month": 3, "week": 4}, "big_bag": {"month": 1}}


@dataclass(frozen=True, slots=True)
class Range:
    """Usual yearly quantities of a resource at a site of 50 people, in its base unit; 0 when nobody counts it."""

    low: float
    high: float
    units: tuple[str, ...]
    season: str
    cost: tuple[float, float] | None


class Knowledge:
    """What the platform ships on resources and sectors, read once."""

    def __init__(self):
        self.resources = {row.code: row for row in Resource.objects.filter(level=3)}
        self.waste = WasteCode.objects.in_bulk()
        self.ranges = {
            row["resource"]: Range(
                float(row["low"] or 0),
                float(row["high"] or 0),
                tuple(row["units"].split()),
                row["season"],
                (float(row["cost_low"]), float(row["cost_high"])) if row["cost_low"] else None,
            )
            for row in rows(f"{DATA}/quantities.csv")
        }
        profiles = SectorProfile.objects.order_by("naf_prefix", "direction", "resource_id")
        self.profiles: dict[str, list[tuple[str, str, float]]] = {}
        for profile in profiles:
            self.profiles.setdefault(profile.naf_prefix, []).append((profile.direction, profile.resource_id, profile.weight))
        self._shared = list(rows(f"{DATA}/shared_needs.csv"))

    def range_of(self, code: str) -> Range:
        """The most precise range: of the leaf, else of its group, else of its family."""
        parts = code.split(".")
        return next(self.ranges[key] for size in (3, 2, 1) if (key := ".".join(parts[:size])) in self.ranges)

    def shared(self, naf: str) -> list[tuple[str, str, float]]:
        """What any site, or any site of these divisions, may want to share."""
        return [
            (row["direction"], row["resource"], float(row["weight"]))
            for row in self._shared
            if not row["naf"] or naf[:2] in row["naf"].split()
        ]

    def usual(self, naf: str) -> list[tuple[str, str, float]]:
        """What sites of that activity usually have, the precise profile before the general one."""
        found: dict[tuple[str, str], float] = {}
        for length in range(len(naf), 1, -1):
            for direction, resource, weight in self.profiles.get(naf[:length], ()):
                found.setdefault((direction, resource), weight)
        return [(direction, resource, weight) for (direction, resource), weight in found.items()]


def build(demarche: Demarche, sites: list[Site], exchanges: list[Exchange], days: Days, people: dict) -> list[Flow]:
    """The flows of the démarche, unsaved, oldest first; those of the written exchanges are found in `exchanges`."""
    random = Random("flux")
    knowledge = Knowledge()
    by_name = {site.name: site for site in sites}
    flows = [flow for exchange in exchanges for flow in _of_exchange(demarche, exchange, by_name, knowledge, random, days)]
    taken = {(flow.establishment.siret, flow.direction, flow.resource_id) for flow in flows}
    for site in sites:
        if site.engagement.stage in HOW_MANY:
            flows += _declared(demarche, site, knowledge, random, days, taken)
    untouched = [site for site in sites if site.engagement.stage == EngagementStage.TO_CONTACT and knowledge.usual(site.naf)]
    for site in random.sample(untouched, PREFILLED_SITES):
        flows += _prefilled(demarche, site, knowledge, random, days)
    for flow in flows:
        flow.entered_by = None if flow.provenance == Provenance.QUESTIONNAIRE else people["manager"]
        if flow.provenance == Provenance.VISIT:
            flow.verified_by, flow.verified_on = people["manager"], flow.provenance_on
    flows.sort(key=lambda flow: flow.provenance_on)
    return flows


def save(demarche: Demarche, flows: list[Flow]) -> None:
    """Numbers and writes the flows of establishments already saved."""
    for flow, number in zip(flows, next_numbers(demarche, "flow", len(flows)), strict=True):
        flow.number = number
        flow.establishment_id = flow.establishment.pk
    Flow.objects.bulk_create(flows, batch_size=300)


def _declared(demarche, site: Site, knowledge: Knowledge, random: Random, days: Days, taken: set) -> list[Flow]:
    low, high = HOW_MANY[site.engagement.stage]
    usual, shared = knowledge.usual(site.naf), knowledge.shared(site.naf)
    flows = []
    for rank in range(random.randint(low, high)):
        pool = usual if rank % 3 < 2 and usual else shared
        direction, code, _weight = random.choices(pool, [entry[2] for entry in pool])[0]
        key = (site.establishment.siret, direction, code)
        if key in taken:
            continue
        taken.add(key)
        since = site.engagement.met_on or site.engagement.contacted_on
        on = days.between(random, since, min(days.ago(1), since + timedelta(days=500)))
        flows.append(_flow(demarche, site, direction, knowledge.resources[code], knowledge, random, on))
    for flow in flows:
        if random.random() < 0.03:
            flow.state = FlowState.ARCHIVED
    return flows


def _prefilled(demarche, site: Site, knowledge: Knowledge, random: Random, days: Days) -> list[Flow]:
    """Guessed from the sector: a draft to confirm, never counted nor matched."""
    usual = sorted(knowledge.usual(site.naf), key=lambda entry: (-entry[2], entry[1]))[: random.randint(2, 3)]
    flows = []
    for direction, code, _weight in usual:
        flow = _flow(demarche, site, direction, knowledge.resources[code], knowledge, random, days.ago(random.randint(15, 300)))
        flow.state, flow.provenance, flow.certainty = FlowState.DRAFT, Provenance.SECTOR, Certainty.RATIO
        flow.confidentiality = Confidentiality.DEMARCHE
        flows.append(flow)
    return flows


def _flow(demarche, site: Site, direction: str, resource: Resource, knowledge: Knowledge, random: Random, on: date) -> Flow:
    usual = knowledge.range_of(resource.code)
    flow = Flow(
        demarche=demarche,
        establishment=site.establishment,
        direction=direction,
        resource=resource,
        label=_label(resource, random),
        certainty=random.choices([Certainty.MEASURED, Certainty.ESTIMATED, Certainty.RATIO], [35, 55, 10])[0],
        confidentiality=random.choices(list(CONFIDENTIALITY), list(CONFIDENTIALITY.values()))[0],
        provenance=random.choices(list(PROVENANCE), list(PROVENANCE.values()))[0],
        provenance_on=on,
    )
    # One sheet in twelve is partial: no quantity yet.
    if usual.low and random.random() > 0.08:
        mean = usual.low * (usual.high / usual.low) ** random.betavariate(2, 2)
        _quantify(flow, mean * SIZE.get(site.band, 1), usual, random)
    if usual.season and random.random() < 0.8:
        flow.monthly_profile = season(usual.season)
    describe(flow, knowledge.waste, usual.cost, random)
    if resource.family == Family.LAND and random.random() < 0.5:
        flow.available_from = on + timedelta(days=random.randint(20, 200))
    return flow


def _label(resource: Resource, random: Random) -> str:
    """The company's own words: often the usual label, at times a synonym, at times nothing more than the resource."""
    drawn = random.random()
    if drawn < 0.15:
        return ""
    if drawn < 0.45 and resource.synonyms:
        word = random.choice(resource.synonyms)
        return word[:1].upper() + word[1:]
    return resource.label


def _quantify(flow: Flow, yearly: float, usual: Range, random: Random) -> None:
    """Sets what was typed, in a usual unit and period, and the yearly figure that the platform derives from it."""
    unit = random.choice(usual.units)
    period = random.choices(*zip(*PERIODS.get(unit, {"year": 1}).items(), strict=True))[0]
    divisor = {"year": 1, "month": 12, "week": 52}[period]
    per_unit = {"kg": 1000, "kWh": 1000, "big_bag": 1, "jour": 1 / 7}.get(unit, 1)
    quantity = rounded(yearly * per_unit / divisor)
    set_quantity(flow, max(Decimal(1), quantity.quantize(Decimal(1))) if unit in COUNTED else quantity, unit, period)


def set_quantity(flow: Flow, quantity: Decimal, unit: str, period: str) -> None:
    """What was typed and its yearly figure, by the platform's own conversion."""
    density = flow.resource.density_t_per_m3
    try:
        yearly = to_yearly(quantity, unit, period, base_unit=flow.resource.base_unit, density=density)
    except UnitError:  # the resource is counted otherwise: take its own unit
        unit, period = flow.resource.base_unit, Period.YEAR
        yearly = to_yearly(quantity, unit, period, base_unit=unit, density=density)
    flow.quantity, flow.unit, flow.period = quantity, unit, period
    flow.yearly_quantity, flow.yearly_unit, flow.conversion_note = yearly.value, yearly.base_unit, yearly.assumption[:300]


def rounded(value: float) -> Decimal:
    """Two significant figures, as people write an estimate."""
    return Decimal(str(float(f"{max(value, 0.1):.2g}")))


def _of_exchange(demarche, exchange: Exchange, by_name: dict, knowledge: Knowledge, random: Random, days: Days) -> list[Flow]:
    """The flows of one written exchange, declared a month or so before it opened."""
    opened = days.ago(exchange.age)
    sides = [(Direction.OFFER, exchange.offer, exchange.giver)] if exchange.giver else []
    sides += [(Direction.NEED, exchange.need, taker) for taker in exchange.takers]
    flows = []
    for direction, code, name in sides:
        site = by_name[name]
        on = max(site.engagement.met_on, days.working(opened - timedelta(days=random.randint(5, 30))))
        flow = _flow(demarche, site, direction, knowledge.resources[code], knowledge, random, on)
        flow.state, flow.certainty, flow.label = FlowState.ACTIVE, Certainty.MEASURED, flow.resource.label
        flow.confidentiality, flow.provenance = Confidentiality.DEMARCHE, Provenance.VISIT
        if exchange.quantity is not None:
            # The taker would use a little more than what is offered.
            factor = Decimal("1") if direction == Direction.OFFER else Decimal("1.25")
            set_quantity(flow, exchange.quantity * factor, exchange.unit, Period.YEAR)
        if exchange.temperature and direction == Direction.OFFER:
            flow.temperature_c = exchange.temperature
        exchange.flows.append(flow)
        flows.append(flow)
    return flows
