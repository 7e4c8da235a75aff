"""Figures of a synergy: stored with their terms, corrected, taken away; each change has its line in the journal."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.formats import quantity
from eit_platform.common.scoping import save_version
from operations.audit import record
from synergies.enums import Family, ImpactIndicator, ImpactState
from synergies.impact.types import State
from synergies.models import Impact, JournalEntry, JournalKind, Synergy
from synergies.services.followup import touch
from synergies.services.impact_calculation import Calculation, declared

PLACES = Decimal("0.000001")
FIELDS = [
    "indicator", "state", "year", "value", "unit", "low", "high", "method", "terms", "factor", "former_outlet", "beneficiary",
    "attributed_share", "is_recurrent", "warning", "declared_by",
]  # fmt: skip
# What a yearly quantity stands for, when it is simply expected: by family and base unit.
_EXPECTED = {
    (Family.MATTER, "t"): (ImpactIndicator.WASTE_AVOIDED, ImpactIndicator.VIRGIN_SUBSTITUTED),
    (Family.ENERGY, "MWh"): (ImpactIndicator.ENERGY_SAVED,),
    (Family.WATER, "m3"): (ImpactIndicator.WATER_SAVED,),
}


@transaction.atomic
def record_impact(
    *,
    actor,
    synergy: Synergy,
    calculation: Calculation,
    year: int,
    is_recurrent: bool = True,
    declared_by: str = "",
) -> Impact:
    """Stores a figure of the synergy for one year, with all its terms."""
    impact = Impact(demarche_id=synergy.demarche_id, synergy=synergy, entered_by=actor)
    _fill(impact, calculation, year=year, is_recurrent=is_recurrent, declared_by=declared_by or str(actor or ""))
    impact.save(force_insert=True)
    _tell(impact, actor, "impact.recorded", _("Impact noté : %(figure)s"))
    return impact


@transaction.atomic
def change_impact(
    *,
    actor,
    impact: Impact,
    version: int,
    calculation: Calculation,
    year: int,
    is_recurrent: bool = True,
    declared_by: str = "",
) -> Impact:
    """Replaces a figure by a new calculation; its verification falls. Raises StaleVersion when it moved meanwhile."""
    _fill(impact, calculation, year=year, is_recurrent=is_recurrent, declared_by=declared_by or str(actor or ""))
    impact.verified_by, impact.verified_on = "", None
    save_version(impact, version=version, fields=[*FIELDS, "verified_by", "verified_on"])
    _tell(impact, actor, "impact.changed", _("Impact corrigé : %(figure)s"))
    return impact


@transaction.atomic
def remove_impact(*, actor, impact: Impact, version: int) -> None:
    """Takes a figure away; its history keeps it. Raises StaleVersion when it moved meanwhile."""
    save_version(impact, version=version, fields=[])
    _tell(impact, actor, "impact.removed", _("Impact retiré : %(figure)s"))
    impact.delete()


@transaction.atomic
def expect_quantities(*, actor, synergy: Synergy, year: int | None = None) -> list[Impact]:
    """Notes the yearly quantity of the synergy as expected: waste avoided and virgin matter, energy, or water.

    What is already noted for that year is left as it is. Raises BusinessError when the quantity says nothing.
    """
    indicators = _EXPECTED.get((synergy.family, synergy.yearly_unit), ())
    if synergy.yearly_quantity is None or not indicators:
        raise BusinessError(
            _("La quantité annuelle de cette synergie ne donne pas d’impact directement : saisissez-le."), code="no_quantity"
        )
    year = year or timezone.localdate().year
    known = synergy.impacts.filter(state=ImpactState.EXPECTED, year=year, indicator__in=indicators)
    noted = set(known.values_list("indicator", flat=True))
    return [
        record_impact(
            actor=actor,
            synergy=synergy,
            calculation=declared(
                indicator=indicator, value=synergy.yearly_quantity, unit=synergy.yearly_unit, state=ImpactState.EXPECTED
            ),
            year=year,
        )
        for indicator in indicators
        if indicator not in noted
    ]


def _fill(impact: Impact, calculation: Calculation, *, year: int, is_recurrent: bool, declared_by: str) -> None:
    result = calculation.result
    if result.state == State.REALISED and year > timezone.localdate().year:
        raise BusinessError(_("Un impact réalisé ne peut pas être d’une année à venir."), code="year_ahead", field="year")
    if not 1990 <= year <= 2100:
        raise BusinessError(_("L’année va de 1990 à 2100."), code="year", field="year")
    impact.indicator, impact.state, impact.year = calculation.indicator, result.state.value, year
    impact.value, impact.unit = result.value.quantize(PLACES), calculation.unit
    impact.low = None if result.low is None else result.low.quantize(PLACES)
    impact.high = None if result.high is None else result.high.quantize(PLACES)
    impact.method, impact.warning = result.method[:300], "\n".join(result.warnings)
    impact.terms, impact.factor = calculation.terms, calculation.factor
    impact.former_outlet, impact.beneficiary = calculation.former_outlet, calculation.beneficiary
    impact.attributed_share, impact.is_recurrent = result.attributed_share, is_recurrent
    impact.declared_by = declared_by.strip()[:160]


def _tell(impact: Impact, actor, verb: str, words: str) -> None:
    figure = _("%(label)s, %(value)s, %(state)s, %(year)s") % {
        "label": ImpactIndicator(impact.indicator).label,
        "value": quantity(impact.value, impact.unit),
        "state": ImpactState(impact.state).label,
        "year": impact.year,
    }
    text = words % {"figure": figure}
    JournalEntry.objects.create(
        demarche_id=impact.demarche_id,
        synergy_id=impact.synergy_id,
        kind=JournalKind.IMPACT,
        happened_on=timezone.localdate(),
        text=text,
        author=actor if actor is not None and actor.pk else None,
    )
    touch(impact.synergy)
    record(
        verb=verb, summary=text, actor=actor, demarche=impact.demarche, target=impact, data={"synergy": impact.synergy.number}
    )
