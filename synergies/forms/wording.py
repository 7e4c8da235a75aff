"""Choices told to people: who will see a flow, months, families' questions."""

from django.utils.translation import gettext_lazy as _

from eit_platform.common.units import PERIOD_CHOICES, UNIT_CHOICES, unit_choices
from synergies.enums import Family
from territories.enums import Confidentiality

WHO_SEES = {
    Confidentiality.PRIVATE: _("La chargée ou le chargé de mission, et personne d’autre dans la démarche."),
    Confidentiality.DEMARCHE: _(
        "L’équipe de la démarche. Une autre entreprise n’en voit qu’une forme masquée, sans nom d’établissement, tant "
        "que l’accord n’est pas donné."
    ),
    Confidentiality.NETWORK: _("L’équipe de la démarche\u202f; le réseau régional n’en voit que des totaux."),
    Confidentiality.PUBLIC: _("Tous les membres de la démarche, élus et partenaires compris, sans les prix ni les contrats."),
}
MONTH_CHOICES = [
    (1, _("janv.")),
    (2, _("févr.")),
    (3, _("mars")),
    (4, _("avril")),
    (5, _("mai")),
    (6, _("juin")),
    (7, _("juil.")),
    (8, _("août")),
    (9, _("sept.")),
    (10, _("oct.")),
    (11, _("nov.")),
    (12, _("déc.")),
]
COST_UNITS = [("", "–"), ("EUR/t", _("€ par tonne")), ("EUR/year", _("€ par an"))]
# The questions that matter to a family, beyond quantity, season and confidentiality.
FAMILY_FIELDS = {
    Family.MATTER: ("waste_code", "physical_state", "packaging", "composition"),
    Family.ENERGY: ("temperature_c", "pressure_bar", "hours_per_year"),
    Family.WATER: ("temperature_c", "composition"),
    Family.LAND: ("available_from", "available_to"),
    Family.EQUIPMENT: ("available_from", "available_to"),
    Family.SKILL: (),
    Family.SERVICE: (),
    Family.LOGISTICS: (),
    Family.PURCHASE: (),
}


def confidentiality_choices(codes=tuple(WHO_SEES)) -> list[tuple[str, str]]:
    """Each level with the sentence that says who will see the flow."""
    return [(code.value, WHO_SEES[code]) for code in codes]


def units_for(base_unit: str) -> list[tuple[str, str]]:
    """Units to offer: those of the resource, or all of them when nothing is known yet."""
    return [("", "–"), *(unit_choices(base_unit) if base_unit else UNIT_CHOICES)]


def periods(*, blank: bool = True) -> list[tuple[str, str]]:
    return [("", "–"), *PERIOD_CHOICES] if blank else list(PERIOD_CHOICES)
