"""Preparing a campaign."""

from django import forms
from django.utils.translation import gettext_lazy as _

DEFAULT_SUBJECT = _("{etablissement}\u00a0: huit minutes pour faire circuler vos ressources")
DEFAULT_BODY = _(
    "Bonjour {prenom},\n\n"
    "La démarche «\u00a0{demarche}\u00a0» aide les entreprises voisines à échanger ce que l’une a en trop et ce qui manque à "
    "l’autre\u00a0: matières, chaleur, locaux, matériel, savoir-faire.\n\n"
    "Pouvez-vous nous dire de quoi {etablissement} a trop, et ce qui lui manque\u202f? Huit minutes suffisent, en "
    "plusieurs fois si vous voulez, sur un téléphone ou un ordinateur\u00a0:\n\n"
    "{lien}\n\n"
    "Rien n’est montré à une autre entreprise sans votre accord.\n\n"
    "Merci\u202f!"
)


class CampaignForm(forms.Form):
    """The message, with its variables."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Nom de la campagne"), max_length=160, help_text=_("Pour vous et vos collègues."))
    message_subject = forms.CharField(label=_("Objet du message"), max_length=200)
    message_body = forms.CharField(
        label=_("Message"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "Variables\u00a0: {prenom}, {etablissement}, {demarche}, {lien}. Le lien personnel vient à la place de {lien}."
        ),
    )
    closes_on = forms.DateField(
        label=_("Réponses jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Sans date, chaque lien vaut 60 jours."),
    )


class RecipientForm(forms.Form):
    """Whom to write to in one establishment."""

    email = forms.EmailField(label=_("Adresse électronique"), max_length=254)
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=80, required=False)
