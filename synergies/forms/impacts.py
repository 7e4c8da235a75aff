"""Entering a figure: what is declared, or what a CO2 balance is made of."""

import re
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eit_platform.common.formats import number, unit
from synergies.enums import ImpactIndicator, ImpactState
from synergies.forms.numbers import FrenchDecimalField
from synergies.impact.types import Category, Outlet
from synergies.models import EmissionFactor
from synergies.services.impact_calculation import Calculation, Co2Inputs, co2, declared

_MASS = (("t", "t"), ("kg", "kg"))
_MONEY = (("kEUR", "k€"), ("EUR", "€"))
UNITS = {
    ImpactIndicator.ENERGY_SAVED: (("MWh", "MWh"), ("kWh", "kWh"), ("GWh", "GWh")),
    ImpactIndicator.WATER_SAVED: (("m3", "m³"), ("L", "L")),
    ImpactIndicator.SAVINGS: _MONEY,
    ImpactIndicator.NEW_SALES: _MONEY,
    ImpactIndicator.INVESTMENT_PRIVATE: _MONEY,
    ImpactIndicator.INVESTMENT_PUBLIC: _MONEY,
    ImpactIndicator.JOBS: (("ETP", "ETP"),),
    ImpactIndicator.TRANSPORT: (("km", "km"),),
}
OUTLETS = {
    Outlet.LANDFILL: _("enfouissement"),
    Outlet.INCINERATION: _("incinération"),
    Outlet.RECYCLING: _("recyclage"),
    Outlet.METHANISATION: _("méthanisation"),
    Outlet.COMPOSTING: _("compostage"),
    Outlet.SPREADING: _("épandage"),
    Outlet.STORED: _("stockage sur place"),
    Outlet.UNKNOWN: _("inconnue"),
}
CATEGORY_LABELS = {
    Category.MATERIAL_VIRGIN: _("Matière vierge"),
    Category.MATERIAL_RECYCLED: _("Matière recyclée"),
    Category.TREATMENT_LANDFILL: _("Enfouissement"),
    Category.TREATMENT_INCINERATION: _("Incinération"),
    Category.TREATMENT_RECYCLING: _("Recyclage"),
    Category.TREATMENT_METHANISATION: _("Méthanisation"),
    Category.TREATMENT_COMPOSTING: _("Compostage"),
    Category.TREATMENT_AVERAGE: _("Fin de vie moyenne"),
    Category.AVOIDED_EMISSIONS: _("Émissions évitées publiées"),
    Category.ENERGY: _("Énergie"),
    Category.TRANSPORT: _("Transport"),
    Category.WATER: _("Eau"),
}
_TREATMENTS = tuple(category for category in CATEGORY_LABELS if category.is_treatment)
ROLE_CATEGORIES = {
    "avoided_treatment": (*_TREATMENTS, Category.WATER),
    "avoided_production": (Category.MATERIAL_VIRGIN, Category.ENERGY, Category.WATER, Category.AVOIDED_EMISSIONS),
    "new_treatment": (*_TREATMENTS, Category.MATERIAL_RECYCLED, Category.ENERGY, Category.WATER),
    "transport": (Category.TRANSPORT,),
}


class IndicatorForm(forms.Form):
    """Which figure: the first question, sent by GET."""

    indicateur = forms.ChoiceField(label=_("Que voulez-vous chiffrer ?"), choices=ImpactIndicator.choices)


class FactorField(forms.ChoiceField):
    """A factor of some categories, grouped by category; those that speak of the resource come first."""

    def fill(self, rows: list[EmissionFactor], categories, resource_code: str) -> None:
        """Offers the rows of these categories; `resource_code` puts its own ahead."""
        self.rows = {factor_key(row): row for row in rows if row.category in categories}
        near = [row for row in self.rows.values() if row.resource_hint and speaks_of(row, resource_code)]
        groups = [(_("Proches de cette ressource"), [_choice(row) for row in near])] if near else []
        for category in categories:
            mine = [_choice(row) for row in self.rows.values() if row.category == category]
            if mine:
                groups.append((CATEGORY_LABELS[category], mine))
        self.choices = [("", _("Aucun")), *groups]

    def clean(self, value):
        return self.rows.get(super().clean(value))


def factor_key(row: EmissionFactor) -> str:
    return f"{row.code}@{row.version}"


def speaks_of(row: EmissionFactor, resource_code: str) -> bool:
    return bool(resource_code) and f"{resource_code}.".startswith(f"{row.resource_hint}.")


def _choice(row: EmissionFactor) -> tuple[str, str]:
    numerator, _slash, denominator = row.unit.partition("/")
    return factor_key(row), f"{row.label} · {number(row.value)} {unit(numerator)}/{unit(denominator)}"


class ImpactForm(forms.Form):
    """What every figure says beside its value; each kind of figure adds its `calculation`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    state = forms.ChoiceField(
        label=_("État"), choices=ImpactState.choices, widget=forms.RadioSelect, initial=ImpactState.EXPECTED
    )
    year = forms.IntegerField(label=_("Année"), min_value=1990, max_value=2100)
    share_pct = FrenchDecimalField(
        label=_("Part due à la démarche"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=Decimal(100),
        help_text=_("100 quand l’échange n’aurait pas eu lieu sans elle."),
    )
    is_recurrent = forms.BooleanField(label=_("Se répète chaque année"), required=False, initial=True)
    declared_by = forms.CharField(
        label=_("Chiffre donné par"), required=False, max_length=160, help_text=_("L’entreprise, un bureau d’études, vous.")
    )

    def __init__(self, *args, indicator: str, synergy, parties=(), resource_code: str = "", **kwargs):
        self.indicator, self.synergy = indicator, synergy
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year
        self.parties = {str(site.uuid): site for site in parties}
        self.prepare(resource_code)

    def prepare(self, resource_code: str) -> None:
        """Fills the choices that depend on the synergy."""

    @property
    def share(self) -> Decimal:
        return self.cleaned_data["share_pct"] / 100


class DeclaredImpactForm(ImpactForm):
    """A quantity that somebody measured or expects."""

    value = FrenchDecimalField(label=_("Valeur par an"))
    unit = forms.ChoiceField(label=_("Unité"))
    uncertainty_pct = FrenchDecimalField(
        label=_("Incertitude"),
        required=False,
        min_value=0,
        max_value=1000,
        decimal_places=2,
        help_text=_("En plus ou en moins."),
    )
    former_outlet = forms.ChoiceField(
        label=_("Ancienne filière"), choices=[("", "–"), *((code.value, text) for code, text in OUTLETS.items())]
    )
    beneficiary = forms.ChoiceField(label=_("Partie concernée"))
    field_order = ("value", "unit", "uncertainty_pct", "former_outlet", "beneficiary", "state", "year")

    def prepare(self, resource_code: str) -> None:
        self.fields["unit"].choices = UNITS.get(self.indicator, _MASS)
        if self.indicator != ImpactIndicator.WASTE_DIVERTED:
            del self.fields["former_outlet"]
        if self.indicator not in (ImpactIndicator.SAVINGS, ImpactIndicator.NEW_SALES):
            del self.fields["beneficiary"]
        else:
            self.fields["beneficiary"].choices = [("", "–"), *((key, site.name) for key, site in self.parties.items())]

    def calculation(self) -> Calculation:
        """The figure worked out of what was typed. Raises BusinessError."""
        data = self.cleaned_data
        return declared(
            indicator=self.indicator,
            value=data["value"],
            unit=data["unit"],
            state=data["state"],
            share=self.share,
            uncertainty_pct=data["uncertainty_pct"],
            former_outlet=data.get("former_outlet", ""),
            beneficiary=self.parties.get(data.get("beneficiary", "")),
        )


class Co2ImpactForm(ImpactForm):
    """The four terms of the balance: each is a factor applied to the quantity, or to the transport."""

    quantity = FrenchDecimalField(label=_("Quantité échangée par an"), min_value=0)
    unit = forms.ChoiceField(label=_("Unité"), choices=[*_MASS, ("MWh", "MWh"), ("kWh", "kWh"), ("m3", "m³"), ("L", "L")])
    uncertainty_pct = FrenchDecimalField(
        label=_("Incertitude de la quantité"), required=False, min_value=0, max_value=1000, decimal_places=2
    )
    avoided_treatment = FactorField(
        label=_("Traitement évité"), required=False, help_text=_("Ce que devenait la matière jusqu’ici.")
    )
    avoided_production = FactorField(
        label=_("Production vierge évitée"), required=False, help_text=_("Ce que le preneur n’achète plus.")
    )
    transport = FactorField(label=_("Nouveau transport"), required=False)
    distance_km = FrenchDecimalField(label=_("Distance"), required=False, min_value=0, max_value=20000, decimal_places=3)
    by_road = forms.ChoiceField(
        label=_("Cette distance est"),
        choices=[("", _("à vol d’oiseau (multipliée par 1,3)")), ("1", _("par la route"))],
        required=False,
        widget=forms.RadioSelect,
    )
    tonnage = FrenchDecimalField(
        label=_("Tonnage transporté par an"), required=False, min_value=0, help_text=_("Vide : la quantité elle-même.")
    )
    new_treatment = FactorField(
        label=_("Nouveau traitement"), required=False, help_text=_("Tri, préparation, recyclage ajoutés par l’échange.")
    )
    field_order = (
        "quantity", "unit", "uncertainty_pct", "avoided_treatment", "avoided_production", "transport", "distance_km", "by_road",
        "tonnage", "new_treatment", "state", "year",
    )  # fmt: skip

    def prepare(self, resource_code: str) -> None:
        rows = current_factors(kept=self.initial.get("kept_factors", ()))
        for name, categories in ROLE_CATEGORIES.items():
            self.fields[name].fill(rows, categories, resource_code)

    def calculation(self) -> Calculation:
        """The figure worked out of what was typed. Raises BusinessError."""
        data = self.cleaned_data
        inputs = Co2Inputs(
            quantity=data["quantity"],
            unit=data["unit"],
            uncertainty_pct=data["uncertainty_pct"],
            distance_km=data["distance_km"],
            by_road=data["by_road"] == "1",
            tonnage=data["tonnage"],
            **{name: data[name] for name in ROLE_CATEGORIES},
        )
        return co2(inputs, state=data["state"], share=self.share)


def current_factors(kept=()) -> list[EmissionFactor]:
    """The last version of each factor, by label; `kept` (code@version) stay on offer for the figures that use them."""
    rows = list(EmissionFactor.objects.all())
    last = {}
    for row in rows:
        if row.code not in last or _version(row) > _version(last[row.code]):
            last[row.code] = row
    return [row for row in rows if last[row.code] is row or factor_key(row) in kept]


def _version(row: EmissionFactor) -> tuple:
    """Versions in their order: V9 comes before V22.0."""
    return [int(part) for part in re.findall(r"\d+", row.version)], row.version


def initial_of(impact) -> dict:
    """What was typed for a stored figure, read back from its terms."""
    values = {
        "version": impact.version,
        "state": impact.state,
        "year": impact.year,
        "share_pct": impact.attributed_share * 100,
        "is_recurrent": impact.is_recurrent,
        "declared_by": impact.declared_by,
    }
    terms = {term["id"]: term for term in impact.terms}
    if impact.indicator != ImpactIndicator.CO2_AVOIDED:
        typed = terms.get("declared", {}).get("input", {})
        return values | {
            "value": _decimal(typed.get("value")) or impact.value,
            "unit": typed.get("unit", "kEUR" if impact.unit == "k€" else impact.unit),
            "uncertainty_pct": _decimal(typed.get("uncertainty_pct")),
            "former_outlet": impact.former_outlet,
            "beneficiary": str(impact.beneficiary.uuid) if impact.beneficiary else "",
        }
    haul = terms.get("new_transport", {}).get("input", {})
    plain = next((term["input"] for key, term in terms.items() if key != "new_transport"), {})
    fields = {"new_transport": "transport"}
    chosen = {
        fields.get(key, key): f"{term['factor']['code']}@{term['factor']['version']}"
        for key, term in terms.items()
        if term.get("factor")
    }
    return (
        values
        | chosen
        | {
            "kept_factors": tuple(chosen.values()),
            "quantity": _decimal(plain.get("value")) or _decimal(haul.get("tonnage")),
            "unit": plain.get("unit", "t"),
            "uncertainty_pct": _decimal(plain.get("uncertainty_pct")),
            "distance_km": _decimal(haul.get("distance_km")),
            "by_road": "1" if haul.get("by_road") else "",
            "tonnage": _decimal(haul.get("tonnage")),
        }
    )


def _decimal(text) -> Decimal | None:
    return Decimal(text) if text else None
