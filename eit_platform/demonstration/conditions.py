"""What goes with a quantity: season, temperature, waste code, packaging, present outlet and its cost."""

from decimal import Decimal
from random import Random

from synergies.enums import Direction, Family, Packaging, PhysicalState
from synergies.models import Flow, WasteCode
from synergies.services.flows import profile_of_months

SEASONS = {
    "sugar": (9, 10, 11, 12, 1),
    "harvest": (7, 8, 9),
    "wine": (9, 10),
    "heating": (10, 11, 12, 1, 2, 3, 4),
    "summer": (6, 7, 8, 9, 10),
    "winter": (12, 1, 2),
    "spring": (2, 3, 4, 5),
}
TEMPERATURES = {  # °C, orders of magnitude of the field
    "energy.heat.steam_hp": (190, 240),
    "energy.heat.steam_lp": (130, 160),
    "energy.heat.steam_condensate": (85, 98),
    "energy.heat.hot_water_ht": (105, 130),
    "energy.heat.hot_water_mt": (60, 90),
    "energy.heat.low_heat": (28, 48),
    "energy.heat.flue_heat": (160, 320),
    "energy.heat.compressor_heat": (55, 75),
    "energy.heat.datacentre_heat": (28, 38),
    "energy.heat.wastewater_heat": (18, 30),
    "energy.heat.district_heat": (75, 95),
    "energy.heat.space_heat": (45, 65),
    "energy.heat.drying_heat": (70, 140),
    "energy.heat.thermal_oil": (200, 260),
}
PRESSURES = {"energy.heat.steam_hp": (12, 28), "energy.heat.steam_lp": (3, 8)}  # bar
HAZARDS = {
    "matter.solvent": ["HP3", "HP5"],
    "matter.acid": ["HP8"],
    "matter.base": ["HP8"],
    "matter.oil": ["HP14"],
    "matter.chemical": ["HP4", "HP14"],
}
ADR = {"matter.solvent": "3", "matter.acid": "8", "matter.base": "8"}
PACKAGINGS = {
    PhysicalState.SOLID: (Packaging.SKIP, Packaging.BULK, Packaging.PALLET, Packaging.BIG_BAG),
    PhysicalState.LIQUID: (Packaging.TANK, Packaging.IBC, Packaging.DRUM),
    PhysicalState.PASTE: (Packaging.SKIP, Packaging.TANK, Packaging.DRUM),
    PhysicalState.GAS: (Packaging.PIPE, Packaging.TANK),
}
OUTLETS = ("Collecteur Exemple", "Négociant Modèle", "Récupération Fictive", "Filière Témoin", "Centre de tri Imaginaire")
SUPPLIERS = ("Fournisseur Exemple", "Grossiste Modèle", "Distributeur Fictif", "Centrale d’achat Témoin")
TREATMENTS = ("R1", "R3", "R3", "R4", "R5", "D1", "D10", "R13")
STORAGES = ("Sous auvent", "Dalle étanche", "Silo", "Cuve sur rétention", "Benne fermée", "Hangar ventilé")
QUALITIES = ("Sec, sans corps étranger", "Analyse par lot", "Traçabilité exigée", "Granulométrie régulière", "Sans odeur")


def season(name: str) -> list[Decimal] | None:
    """Twelve shares, equal over the months of that season."""
    return profile_of_months(SEASONS[name])


def describe(flow: Flow, waste: dict[str, WasteCode], cost: tuple[float, float] | None, random: Random) -> None:
    """Fills what suits the resource of the flow; half of the sheets stay short, as in life."""
    code, group = flow.resource_id, flow.resource_id.rsplit(".", 1)[0]
    if flow.resource.family == Family.ENERGY:
        _heat(flow, code, random)
        return
    if flow.resource.family == Family.WATER:
        flow.physical_state = PhysicalState.LIQUID
        return
    if flow.resource.family != Family.MATTER:
        return
    flow.physical_state = flow.resource.physical_state
    if flow.physical_state and random.random() < 0.6:
        flow.packaging = random.choice(PACKAGINGS[flow.physical_state])
    if flow.direction == Direction.NEED:
        flow.minimum_quality = random.choice(QUALITIES) if random.random() < 0.5 else ""
        flow.present_counterpart = random.choice(SUPPLIERS) if random.random() < 0.4 else ""
        return
    codes = [waste[code] for code in flow.resource.waste_codes if code in waste]
    if codes and random.random() < 0.75:
        flow.waste_code = random.choice(codes[:2])
        flow.treatment_code = random.choice(TREATMENTS)
        if flow.waste_code.hazardous:
            flow.hazard_properties, flow.adr_class = HAZARDS.get(group, ["HP14"]), ADR.get(group, "")
    if random.random() < 0.6:
        flow.present_counterpart = random.choice(OUTLETS)
        flow.storage = random.choice(STORAGES) if random.random() < 0.6 else ""
        if cost is not None:
            flow.present_cost, flow.present_cost_unit = Decimal(round(random.uniform(*cost))), "EUR/t"


def _heat(flow: Flow, code: str, random: Random) -> None:
    if code in TEMPERATURES:
        low, high = TEMPERATURES[code]
        flow.temperature_c = Decimal(random.randint(low, high))
        flow.hours_per_year = random.choice((2200, 3600, 4400, 6000, 8000))
    if code in PRESSURES:
        flow.pressure_bar = Decimal(random.randint(*PRESSURES[code]))
