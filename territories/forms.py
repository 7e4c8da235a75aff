"""Forms about people: invitation, acceptance, API token, settings of the démarche."""

from django import forms
from django.utils.translation import gettext_lazy as _

from territories.enums import Confidentiality, Role
from territories.models import Demarche, Network
from territories.queries import networks

INVITED_ROLES = (Role.COLLEAGUE, Role.ELECTED, Role.PARTNER, Role.MANAGER)
SCOPES = [("read", _("Lire")), ("write", _("Lire et écrire"))]


class InvitationForm(forms.Form):
    """A role offered by e-mail; a company's person is invited from the sheet of its establishment."""

    email = forms.EmailField(label=_("Adresse électronique"), max_length=254)
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=80, required=False)
    role = forms.ChoiceField(
        label=_("Rôle"),
        choices=[(role.value, role.label) for role in INVITED_ROLES],
        help_text=_("L’élu(e) lit et approuve ; un partenaire lit les réunions et les rapports, jamais un flux confidentiel."),
    )


class AcceptanceForm(forms.Form):
    """A new account: the address is the invitation's."""

    first_name = forms.CharField(label=_("Prénom"), max_length=80)
    last_name = forms.CharField(label=_("Nom"), max_length=80)
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("14 caractères au moins. Une phrase convient très bien."),
    )


class ApiTokenForm(forms.Form):
    name = forms.CharField(label=_("Nom du jeton"), max_length=100, help_text=_("Le programme qui s’en servira."))
    scope = forms.ChoiceField(label=_("Droits"), choices=SCOPES, initial="read", widget=forms.RadioSelect)


class OpeningForm(forms.Form):
    """What the operator says of a new démarche: its name, its address, and who runs it."""

    name = forms.CharField(label=_("Nom de la démarche"), max_length=160)
    slug = forms.SlugField(
        label=_("Adresse"), max_length=60, help_text=_("Lettres sans accents, chiffres et tirets ; elle ne changera plus.")
    )
    network = forms.ModelChoiceField(label=_("Réseau régional"), queryset=Network.objects.none(), required=False)
    manager_email = forms.EmailField(label=_("Adresse électronique de la personne chargée de mission"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = networks()


class DemarcheForm(forms.ModelForm):
    """What the chargé(e) de mission sets for the whole démarche."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Demarche
        fields = [
            "name",
            "carrier",
            "starts_on",
            "ends_on",
            "default_confidentiality",
            "report_month",
            "report_day",
            "driving_actors_target",
            "synergies_target",
        ]
        labels = {
            "name": _("Nom de la démarche"),
            "carrier": _("Structure porteuse"),
            "starts_on": _("Début"),
            "ends_on": _("Fin"),
            "default_confidentiality": _("Confidentialité proposée pour un nouveau flux"),
            "report_month": _("Rapport annuel dû : mois (1 à 12)"),
            "report_day": _("Rapport annuel dû : jour"),
            "driving_actors_target": _("Objectif d’acteurs moteurs à trois ans"),
            "synergies_target": _("Objectif de synergies à trois ans"),
        }
        help_texts = {
            "carrier": _("La collectivité, le club ou l’association qui la porte."),
            "report_month": _("Un brouillon du rapport est préparé 45 jours avant."),
        }
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "default_confidentiality": forms.Select(choices=Confidentiality.choices),
        }

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("La fin doit venir après le début."))
        month, day = cleaned.get("report_month"), cleaned.get("report_day")
        if month is not None and not 1 <= month <= 12:
            self.add_error("report_month", _("Un mois va de 1 à 12."))
        if day is not None and not 1 <= day <= 31:
            self.add_error("report_day", _("Un jour va de 1 à 31."))
        return cleaned
