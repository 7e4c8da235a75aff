"""The sheet of a flow, and the filters of their list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from synergies.enums import Certainty, Direction, Family, Packaging, PhysicalState
from synergies.forms.numbers import FrenchDecimalField
from synergies.forms.wording import COST_UNITS, MONTH_CHOICES, confidentiality_choices, periods, units_for
from synergies.services.flows import FLOW_FIELDS, months_of_profile, profile_of_months

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HAZARDS = [(f"HP{rank}", f"HP{rank}") for rank in range(1, 16)]


def _blank(choices):
    return [("", "–"), *choices]


class FlowForm(forms.Form):
    """Everything a flow may say; only the direction and the words are asked."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    direction = forms.ChoiceField(
        label=_("Cet établissement…"),
        choices=[(Direction.OFFER, _("en a trop")), (Direction.NEED, _("en manque"))],
        widget=forms.RadioSelect,
    )
    label = forms.CharField(
        label=_("De quoi s’agit-il\u202f?"),
        max_length=200,
        required=False,
        help_text=_("Avec les mots de l’entreprise\u00a0: «\u00a0chutes de chêne\u00a0», «\u00a0vapeur du séchoir\u00a0»."),
    )
    resource = forms.CharField(label=_("Ressource"), required=False, max_length=80)
    quantity = FrenchDecimalField(label=_("Quantité"), required=False, min_value=0)
    unit = forms.ChoiceField(label=_("Unité"), required=False)
    period = forms.ChoiceField(label=_("Période"), required=False, choices=periods())
    certainty = forms.ChoiceField(
        label=_("Comment le sait-on\u202f?"), choices=Certainty.choices, initial=Certainty.ESTIMATED, widget=forms.RadioSelect
    )
    quantity_min = FrenchDecimalField(label=_("Au moins"), required=False, min_value=0)
    quantity_max = FrenchDecimalField(label=_("Au plus"), required=False, min_value=0)
    months = forms.TypedMultipleChoiceField(
        label=_("Mois concernés"), required=False, choices=MONTH_CHOICES, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    available_from = forms.DateField(label=_("Disponible du"), required=False, widget=DAY)
    available_to = forms.DateField(label=_("Disponible jusqu’au"), required=False, widget=DAY)
    waste_code = forms.CharField(label=_("Code déchet"), required=False, max_length=12)
    hazard_properties = forms.MultipleChoiceField(
        label=_("Propriétés de danger"), required=False, choices=HAZARDS, widget=forms.CheckboxSelectMultiple
    )
    adr_class = forms.CharField(label=_("Classe ADR"), required=False, max_length=10)
    sanitary_constraint = forms.CharField(label=_("Contrainte sanitaire"), required=False, max_length=200)
    physical_state = forms.ChoiceField(label=_("État physique"), required=False, choices=_blank(PhysicalState.choices))
    form = forms.CharField(label=_("Forme"), required=False, max_length=120, help_text=_("Copeaux, granulés, plaques…"))
    composition = forms.CharField(
        label=_("Composition, qualité"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    contaminants = forms.CharField(
        label=_("Impuretés"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    moisture_pct = FrenchDecimalField(label=_("Humidité"), required=False, max_digits=5, decimal_places=2)
    lower_heating_value = FrenchDecimalField(
        label=_("Pouvoir calorifique (PCI)"), required=False, max_digits=10, decimal_places=3
    )
    temperature_c = FrenchDecimalField(label=_("Température"), required=False, max_digits=7, decimal_places=2)
    pressure_bar = FrenchDecimalField(label=_("Pression"), required=False, max_digits=8, decimal_places=3)
    hours_per_year = forms.IntegerField(label=_("Heures par an"), required=False, min_value=0)
    packaging = forms.ChoiceField(label=_("Conditionnement"), required=False, choices=_blank(Packaging.choices))
    storage = forms.CharField(label=_("Stockage"), required=False, max_length=200)
    minimum_quality = forms.CharField(
        label=_("Qualité minimale voulue"),
        required=False,
        max_length=300,
        help_text=_("Pour un besoin\u00a0: en dessous, c’est inutilisable."),
    )
    max_distance_km = FrenchDecimalField(label=_("Distance maximale"), required=False, max_digits=7, decimal_places=2)
    present_counterpart = forms.CharField(label=_("Exutoire ou fournisseur d’aujourd’hui"), required=False, max_length=200)
    treatment_code = forms.CharField(label=_("Code de traitement (R ou D)"), required=False, max_length=4)
    present_cost = FrenchDecimalField(label=_("Coût d’aujourd’hui"), required=False, max_digits=14, decimal_places=2)
    present_cost_unit = forms.ChoiceField(label=_("Unité du coût"), required=False, choices=COST_UNITS)
    hoped_price = FrenchDecimalField(label=_("Prix espéré"), required=False, max_digits=14, decimal_places=2)
    hoped_price_unit = forms.ChoiceField(label=_("Unité du prix"), required=False, choices=COST_UNITS)
    contract_ends_on = forms.DateField(label=_("Fin du contrat en cours"), required=False, widget=DAY)
    confidentiality = forms.ChoiceField(
        label=_("Qui peut voir ce flux\u202f?"), choices=confidentiality_choices(), widget=forms.RadioSelect
    )
    source_note = forms.CharField(label=_("D’où vient l’information"), required=False, max_length=400)

    def __init__(self, *args, base_unit: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units_for(base_unit)

    def values(self) -> dict:
        """The cleaned values, as the services take them; `resource` is still a code."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name in FLOW_FIELDS}
        cleaned["monthly_profile"] = profile_of_months(self.cleaned_data["months"])
        cleaned["treatment_code"] = cleaned["treatment_code"].upper().replace(" ", "")
        return cleaned


def initial_of(flow) -> dict:
    """What the form shows of a stored flow."""
    initial = {name: getattr(flow, name) for name in FLOW_FIELDS if name not in ("resource", "waste_code", "monthly_profile")}
    return initial | {
        "version": flow.version,
        "resource": flow.resource_id or "",
        "waste_code": flow.waste_code_id or "",
        "months": months_of_profile(flow.monthly_profile) if flow.monthly_profile else [],
    }


class FlowFilter(forms.Form):
    """Filters of the list; an unreadable value filters nothing."""

    q = forms.CharField(label=_("Mots, ou numéro"), required=False, max_length=100)
    sens = forms.ChoiceField(
        label=_("Sens"),
        required=False,
        choices=[("", _("Offres et besoins")), (Direction.OFFER, _("Offres")), (Direction.NEED, _("Besoins"))],
    )
    famille = forms.ChoiceField(label=_("Famille"), required=False, choices=[("", _("Toutes")), *Family.choices])
    etablissement = forms.UUIDField(required=False, widget=forms.HiddenInput)
