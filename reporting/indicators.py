"""Indicators every démarche follows from the first day, and how their score is worked out: no query here."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

RECURRENCE_YEARS = 4


@dataclass(frozen=True)
class Definition:
    """An indicator computed by the platform: `formula` names the computation in queries.py."""

    code: str
    label: str
    unit: str
    formula: str
    reference: str


DEFAULTS = (
    Definition("eci_18", _("Synergies opérationnelles"), "", "operational_synergies", "ECI 18"),
    Definition("eci_19", _("Entreprises engagées"), "", "engaged_companies", "ECI 19"),
    Definition("eci_19_b", _("Synergies récurrentes sur quatre ans"), "", "recurrent_synergies", "ECI 19.b"),
)


def score(value, target) -> Decimal | None:
    """min(1, value / target), from 0 to 1 (référentiel ECI, ADEME); None without a target above zero."""
    if target is None or Decimal(target) <= 0:
        return None
    return min(Decimal(1), max(Decimal(0), Decimal(value) / Decimal(target)))
