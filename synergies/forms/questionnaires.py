"""The screens of the questionnaire: one short form each."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from synergies.enums import Certainty, Direction, Packaging, PhysicalState
from synergies.forms.flows import DAY
from synergies.forms.numbers import FrenchDecimalField
from synergies.forms.wording import FAMILY_FIELDS, MONTH_CHOICES, confidentiality_choices, periods, units_for
from territories.enums import Confidentiality

OFFERED_LEVELS = (Confidentiality.PRIVATE, Confidentiality.DEMARCHE, Confidentiality.NETWORK, Confidentiality.PUBLIC)


class ScreenForm(forms.Form):
    """A screen whose values are kept as JSON."""

    def stored(self) -> dict:
        """What the draft keeps: decimals and dates as text."""
        return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in self.cleaned_data.items()}


class WordsForm(ScreenForm):
    """First screen of a flow: one's own words, and which way it goes."""

    label = forms.CharField(
        label=_("Décrivez-le en une phrase"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        error_messages={"required": _("Écrivez quelques mots, même imprécis.")},
    )
    direction = forms.ChoiceField(
        label=_("Vous…"),
        choices=[(Direction.OFFER, _("en avez trop, ou le proposez")), (Direction.NEED, _("en avez besoin"))],
        widget=forms.RadioSelect,
    )


class ResourceForm(ScreenForm):
    """Second screen: what we understood, to accept; nothing chosen keeps one's own words."""

    resource = forms.CharField(required=False, max_length=80)


class QuantityForm(ScreenForm):
    """Third screen: how much; then only the questions of the resource's family."""

    quantity = FrenchDecimalField(
        label=_("Combien\u202f?"), required=False, min_value=0, help_text=_("Un ordre de grandeur suffit.")
    )
    unit = forms.ChoiceField(label=_("Unité"), required=False)
    period = forms.ChoiceField(label=_("À quel rythme\u202f?"), required=False, choices=periods())
    certainty = forms.ChoiceField(
        label=_("C’est une quantité…"),
        choices=[(Certainty.ESTIMATED, _("estimée")), (Certainty.MEASURED, _("mesurée")), (Certainty.RATIO, _("calculée"))],
        initial=Certainty.ESTIMATED,
        widget=forms.RadioSelect,
    )
    waste_code = forms.CharField(label=_("Code déchet"), required=False, max_length=12)
    physical_state = forms.ChoiceField(label=_("C’est plutôt…"), required=False, choices=[("", "–"), *PhysicalState.choices])
    packaging = forms.ChoiceField(label=_("Conditionnement"), required=False, choices=[("", "–"), *Packaging.choices])
    composition = forms.CharField(
        label=_("Composition, qualité"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    temperature_c = FrenchDecimalField(label=_("Température"), required=False, max_digits=7, decimal_places=2)
    pressure_bar = FrenchDecimalField(label=_("Pression"), required=False, max_digits=8, decimal_places=3, min_value=0)
    hours_per_year = forms.IntegerField(label=_("Heures par an"), required=False, min_value=0, max_value=8784)
    available_from = forms.DateField(label=_("Disponible du"), required=False, widget=DAY)
    available_to = forms.DateField(label=_("Jusqu’au"), required=False, widget=DAY)
    minimum_quality = forms.CharField(
        label=_("Qualité minimale"), required=False, max_length=300, help_text=_("En dessous de quoi ce serait inutilisable.")
    )

    def __init__(self, *args, family: str = "", base_unit: str = "", direction: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        asked = set(FAMILY_FIELDS.get(family, ("waste_code",)))
        if direction == Direction.NEED:
            asked = (asked - {"waste_code", "packaging", "composition"}) | {"minimum_quality"}
        for name in set(self.fields) - asked - {"quantity", "unit", "period", "certainty"}:
            del self.fields[name]
        self.fields["unit"].choices = units_for(base_unit)
        if base_unit == "m2":
            del self.fields["period"]
        self.asks_waste_code = "waste_code" in self.fields

    @property
    def extra_fields(self) -> list:
        """The questions of the family, waste code left out: it has its own search."""
        plain = {"quantity", "unit", "period", "certainty", "waste_code"}
        return [self[name] for name in self.fields if name not in plain]


class SeasonForm(ScreenForm):
    """Last screen of a flow: when in the year, and who may see it."""

    months = forms.TypedMultipleChoiceField(
        label=_("Quels mois\u202f?"),
        required=False,
        choices=MONTH_CHOICES,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sans rien cocher\u00a0: toute l’année."),
    )
    confidentiality = forms.ChoiceField(
        label=_("Qui peut voir cette ligne\u202f?"), choices=confidentiality_choices(OFFERED_LEVELS), widget=forms.RadioSelect
    )


class RefusalForm(forms.Form):
    """Why not, in one's own words, and whether to be asked again."""

    reason = forms.CharField(
        label=_("Pourquoi\u202f?"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300})
    )
    for_good = forms.BooleanField(label=_("Ne plus me demander"), required=False)


class CodeForm(forms.Form):
    """The six digits sent by mail."""

    code = forms.CharField(
        label=_("Code à six chiffres"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input--code"}),
    )
