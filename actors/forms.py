"""Forms about the actors."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actors import queries
from actors.enums import EngagementStage, InteractionKind, LegalBasis, PositionSource
from actors.register import SiretRefused, checked_siret
from actors.sirene.validation import CellError, clean_naf


def day_field(**options) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class SireneImportForm(forms.Form):
    """The file, the optional file of names, and the divisions to keep."""

    file = forms.FileField(
        label=_("Fichier StockEtablissement"),
        help_text=_("CSV de l’INSEE, 50\u00a0Mo au plus ; virgules, points-virgules, cp1252 et gzip sont reconnus."),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.txt,text/csv,application/gzip"}),
    )
    names_file = forms.FileField(
        label=_("Fichier StockUniteLegale"),
        required=False,
        help_text=_("Donne les raisons sociales, que le premier fichier n’a pas."),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.txt,text/csv,application/gzip"}),
    )
    naf_divisions = forms.MultipleChoiceField(label=_("Activités à garder"), required=False)

    def __init__(self, *args, sections=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.fields["naf_divisions"].choices = [pair for _letter, _label, pairs in sections for pair in pairs]

    def clean(self):
        for name in ("file", "names_file"):
            file = self.cleaned_data.get(name)
            if file is not None and file.size > settings.UPLOAD_MAX_BYTES:
                limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
                self.add_error(name, _("Ce fichier dépasse %(limit)s\u00a0Mo.") % {"limit": limit})
        return self.cleaned_data

    def chosen_sections(self) -> list[dict]:
        """The divisions by section, with what is chosen, for the chips of the page."""
        chosen = set(self["naf_divisions"].value() or [])
        return [
            {
                "letter": letter,
                "label": label,
                "options": [{"code": code, "label": name, "chosen": code in chosen} for code, name in pairs],
                "count": sum(code in chosen for code, _name in pairs),
            }
            for letter, label, pairs in self.sections
        ]


class RegisterAnswerField(forms.JSONField):
    """What the register answered, kept in the page; altered into something unreadable, it is as if it had not answered."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return super().to_python(value)
        except (forms.ValidationError, ValueError, RecursionError):  # the last two: thousands of digits, of brackets
            return None

    def bound_data(self, data, initial):
        return self.to_python(data)


class EstablishmentForm(forms.Form):
    """The sheet of a site, typed by hand or filled by the register."""

    name = forms.CharField(label=_("Nom usuel ou enseigne"), max_length=200)
    address = forms.CharField(label=_("Adresse"), max_length=250, required=False)
    postal_code = forms.CharField(label=_("Code postal"), max_length=10, required=False)
    commune = forms.ChoiceField(label=_("Commune"), required=False)
    naf = forms.CharField(
        label=_("Activité principale (NAF rév. 2)"), max_length=20, required=False, help_text=_("Un code comme 10.81Z.")
    )
    naf_2025 = forms.CharField(label=_("Activité principale (NAF 2025)"), max_length=20, required=False)
    headcount = forms.ChoiceField(label=_("Effectifs"), required=False)
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False, localize=True)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False, localize=True)

    def __init__(self, *args, demarche, known_commune: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        typed = self.data.get("commune", "") if self.is_bound else (self.initial.get("commune") or "")
        communes = queries.commune_choices(demarche, known_commune, typed.replace("\x00", ""))
        self.fields["commune"].choices = [("", _("Inconnue ou à l’étranger")), *communes]
        self.fields["headcount"].choices = [("", _("Non connus")), *queries.headcount_choices()]

    def clean_naf(self):
        if not self.cleaned_data["naf"]:
            return None
        found = queries.naf_code(self._code("naf"))
        if found is None:
            raise forms.ValidationError(_("Ce code n’est pas dans la NAF rév. 2."))
        return found

    def clean_naf_2025(self):
        return self._code("naf_2025")

    def _code(self, name: str) -> str:
        try:
            return clean_naf(self.cleaned_data[name])
        except CellError as error:
            raise forms.ValidationError(_("Il faut %(expected)s.") % {"expected": error.expected}) from None

    def clean_commune(self):
        return queries.commune(self.cleaned_data["commune"])

    def clean(self):
        data = self.cleaned_data
        if ("latitude" in data and "longitude" in data) and ((data["latitude"] is None) != (data["longitude"] is None)):
            self.add_error("longitude", _("Une position a une latitude et une longitude."))
        return data

    def values(self) -> dict:
        """What the services take."""
        values = dict(self.cleaned_data)
        values["headcount_id"] = values.pop("headcount") or None
        return values


class AddEstablishmentForm(EstablishmentForm):
    """One company by its SIRET; what the register does not know is typed."""

    siret = forms.CharField(
        label=_("SIRET"),
        max_length=20,
        required=False,
        help_text=_("14 chiffres, sur une facture ou un extrait Kbis. Sans SIRET (entreprise étrangère…), laissez vide."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    legal_name = forms.CharField(label=_("Raison sociale"), max_length=200, required=False)
    filled = RegisterAnswerField(required=False)
    field_order = ("siret", "name", "legal_name")

    def clean_siret(self):
        if not self.cleaned_data["siret"]:
            return ""
        try:
            return checked_siret(self.cleaned_data["siret"])
        except SiretRefused as error:
            raise forms.ValidationError(error.message) from None

    def values(self) -> dict:
        """What the services take; the source is the register when its answer for that SIRET filled the form."""
        values = super().values()
        filled = values.pop("filled") or {}
        if not isinstance(filled, dict) or filled.get("siret") != values["siret"] or not values["siret"]:
            return values | {"source": "hand"}
        position = (filled.get("latitude"), filled.get("longitude"))
        if position == (values["latitude"], values["longitude"]):
            values["position_source"] = PositionSource.REGISTER
        for name, longest in (("acronym", 40), ("legal_category", 4), ("commune_label", 120)):
            values[name] = str(filled.get(name) or "").replace("\x00", "")[:longest]
        values["diffusion"] = "partial" if filled.get("diffusion") == "partial" else "open"
        return values | {"source": "register"}


class ChangeEstablishmentForm(EstablishmentForm):
    """What the team corrects or adds by hand."""

    icpe_regime = forms.ChoiceField(
        label=_("Régime ICPE"),
        required=False,
        choices=[
            ("", _("Non connu")),
            ("non_classe", _("non classé")),
            ("declaration", _("déclaration")),
            ("enregistrement", _("enregistrement")),
            ("autorisation", _("autorisation")),
        ],
    )
    surface_m2 = forms.IntegerField(label=_("Surface"), min_value=0, max_value=2_000_000_000, required=False)
    notes = forms.CharField(label=_("Notes de l’équipe"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class EngagementForm(forms.Form):
    """Where we are with an establishment, and what comes next."""

    stage = forms.ChoiceField(label=_("Étape"), choices=EngagementStage.choices, widget=forms.RadioSelect)
    on = day_field(label=_("Depuis le"), initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Pourquoi l’entreprise refuse"), max_length=300, required=False, help_text=_("Demandé pour un refus.")
    )
    next_step = forms.CharField(label=_("Prochaine étape"), max_length=300, required=False)
    next_step_due = day_field(label=_("Pour le"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class DrivingForm(forms.Form):
    """An acteur moteur pulls the others: since when, until when."""

    driving_since = day_field(label=_("Acteur moteur depuis le"), required=False, help_text=_("Vide : ne l’est pas."))
    driving_until = day_field(label=_("Jusqu’au"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class InteractionForm(forms.Form):
    """A call, a visit, a mail that took place."""

    kind = forms.ChoiceField(label=_("Nature"), choices=InteractionKind.choices)
    happened_on = day_field(label=_("Le"), initial=timezone.localdate)
    contact = forms.ModelChoiceField(label=_("Avec"), queryset=None, required=False, to_field_name="uuid")
    notes = forms.CharField(label=_("Ce qu’il faut retenir"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, contacts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = contacts
        self.fields["contact"].empty_label = _("Personne en particulier")


class ContactForm(forms.Form):
    """A person at an organisation, and why we may write to them."""

    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=80, required=False)
    job_title = forms.CharField(label=_("Fonction"), max_length=120, required=False)
    email = forms.EmailField(label=_("Adresse électronique"), max_length=254, required=False)
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)
    legal_basis = forms.ChoiceField(
        label=_("Pourquoi nous pouvons lui écrire"),
        choices=LegalBasis.choices,
        initial=LegalBasis.PUBLIC_TASK,
        widget=forms.RadioSelect,
        help_text=_("Base légale au sens du RGPD."),
    )
    consent_on = day_field(label=_("Consentement donné le"), required=False)
    consent_origin = forms.CharField(
        label=_("Comment il a été donné"), max_length=200, required=False, help_text=_("Par exemple : formulaire de l’atelier.")
    )


class ChangeContactForm(ContactForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class CompanyInvitationForm(forms.Form):
    """An account for a person of the company, who will act for this establishment."""

    email = forms.EmailField(label=_("Adresse électronique"), max_length=254)
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=80, required=False)
