"""The sheet of a flow, told in rows: only what was said, and only what the reader may see."""

from django.utils.translation import gettext as _

from eit_platform.common import formats
from synergies.forms.wording import COST_UNITS, MONTH_CHOICES
from synergies.services.flows import months_of_profile

_COSTS = dict(COST_UNITS)
_MONTHS = dict(MONTH_CHOICES)


def typed_quantity(flow) -> str:
    """« 3 bennes par mois » as it was typed; empty without a quantity."""
    if flow.quantity is None:
        return ""
    return f"{formats.quantity(flow.quantity, flow.unit)} {flow.get_period_display()}".strip()


def season(flow) -> str:
    """« mars, avril, mai », or « toute l’année »."""
    if not flow.monthly_profile:
        return _("toute l’année")
    return ", ".join(str(_MONTHS[month]) for month in months_of_profile(flow.monthly_profile))


def sheet(flow, *, with_terms: bool) -> list[dict]:
    """Groups of (label, value) rows; `with_terms` adds prices, outlets and contracts."""
    groups = [
        (_("Quantité et saison"), _quantity_rows(flow)),
        (_("Nature et qualité"), _nature_rows(flow)),
        (_("Énergie et horaires"), _energy_rows(flow)),
        (_("Logistique"), _logistic_rows(flow)),
    ]
    if with_terms:
        groups.append((_("Aujourd’hui, et ce qui est espéré"), _commercial_rows(flow)))
    return [{"title": title, "rows": kept} for title, rows in groups if (kept := [row for row in rows if row[1]])]


def _quantity_rows(flow) -> list[tuple[str, str]]:
    spread = ""
    if flow.quantity_min is not None or flow.quantity_max is not None:
        spread = f"{formats.number(flow.quantity_min)} – {formats.number(flow.quantity_max)}"
    dates = ""
    if flow.available_from or flow.available_to:
        first = formats.long_date(flow.available_from) if flow.available_from else "…"
        last = formats.long_date(flow.available_to) if flow.available_to else "…"
        dates = f"{first} – {last}"
    return [
        (_("Tel que dit"), typed_quantity(flow)),
        (_("Fourchette"), spread),
        (_("Certitude"), flow.get_certainty_display() if flow.quantity is not None else ""),
        (_("Saison"), season(flow)),
        (_("Disponible"), dates),
    ]


def _nature_rows(flow) -> list[tuple[str, str]]:
    return [
        (_("Code déchet"), str(flow.waste_code) if flow.waste_code else ""),
        (_("Propriétés de danger"), ", ".join(flow.hazard_properties)),
        (_("Classe ADR"), flow.adr_class),
        (_("Contrainte sanitaire"), flow.sanitary_constraint),
        (_("État physique"), flow.get_physical_state_display()),
        (_("Forme"), flow.form),
        (_("Composition, qualité"), flow.composition),
        (_("Impuretés"), flow.contaminants),
        (_("Humidité"), _with_unit(flow.moisture_pct, "%")),
        (_("Pouvoir calorifique (PCI)"), _with_unit(flow.lower_heating_value, "MWh/t")),
        (_("Qualité minimale voulue"), flow.minimum_quality),
    ]


def _energy_rows(flow) -> list[tuple[str, str]]:
    return [
        (_("Température"), _with_unit(flow.temperature_c, "°C")),
        (_("Pression"), _with_unit(flow.pressure_bar, "bar")),
        (_("Durée"), _with_unit(flow.hours_per_year, "h/an")),
    ]


def _logistic_rows(flow) -> list[tuple[str, str]]:
    return [
        (_("Conditionnement"), flow.get_packaging_display()),
        (_("Stockage"), flow.storage),
        (_("Distance maximale"), _with_unit(flow.max_distance_km, "km")),
    ]


def _commercial_rows(flow) -> list[tuple[str, str]]:
    return [
        (_("Exutoire ou fournisseur"), flow.present_counterpart),
        (_("Code de traitement"), flow.treatment_code),
        (_("Coût d’aujourd’hui"), _with_unit(flow.present_cost, _COSTS.get(flow.present_cost_unit, "€"))),
        (_("Prix espéré"), _with_unit(flow.hoped_price, _COSTS.get(flow.hoped_price_unit, "€"))),
        (_("Fin du contrat"), formats.long_date(flow.contract_ends_on) if flow.contract_ends_on else ""),
    ]


def _with_unit(value, unit) -> str:
    return "" if value is None else formats.quantity(value, unit)
