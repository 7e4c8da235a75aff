"""The style guide: every component with true content, in both themes. Served only where settings.STYLEGUIDE is set."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from eit_platform.common.templatetags.boucles import FAMILIES, STAGES

NAV = (
    ("home", _("Accueil"), "", 0),
    ("actors", _("Acteurs"), "", 148),
    ("loop", _("Synergies"), "", 63),
    ("calendar", _("Ateliers et comités"), _("Agenda"), 2),
    ("plan", _("Plan d’actions"), "", 17),
    ("chart", _("Indicateurs et rapports"), _("Rapports"), 0),
)


class SampleForm(forms.Form):
    """One field of each kind, filled so that its states show."""

    resource = forms.CharField(label=_("Ressource"), help_text=_("Avec vos mots ; nous proposons le nom exact."))
    amount = forms.DecimalField(label=_("Quantité"), localize=True)
    unit = forms.ChoiceField(label=_("Unité et période"), choices=[("t/an", "t/an"), ("t/mois", "t/mois")])
    temperature = forms.IntegerField(label=_("Température"), required=False)
    certainty = forms.ChoiceField(
        label=_("Certitude"),
        choices=[("measured", _("Mesuré")), ("estimated", _("Estimé")), ("ratio", _("Ratio"))],
        widget=forms.RadioSelect,
    )
    packaging = forms.MultipleChoiceField(
        label=_("Conditionnement"),
        choices=[("bin", _("Benne")), ("bag", _("Big-bag")), ("bulk", _("Vrac"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hazardous = forms.BooleanField(
        label=_("Déchet dangereux"), required=False, help_text=_("Ajoute les propriétés HP et la classe ADR.")
    )
    document = forms.FileField(label=_("Fiche technique"), required=False, help_text=_("PDF ou image, 10 Mo au plus."))
    composition = forms.CharField(label=_("Composition"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


def _nav() -> list[dict]:
    return [
        {"icon": icon, "label": label, "short": short, "count": count, "url": "#", "current": icon == "loop" and "page"}
        for icon, label, short, count in NAV
    ]


@require_safe
def styleguide(request):
    """The page; 404 in production."""
    if not settings.STYLEGUIDE:
        raise Http404
    today = timezone.localdate()
    # Shown at once: the message must not wait in the session for the next page.
    messages.success(request, _("Piste gardée : elle devient la synergie 64."))
    context = {
        "nav": _nav(),
        "form": SampleForm(initial={"resource": "Soude caustique", "certainty": "measured"}),
        "refused": SampleForm({"resource": "Soude caustique", "amount": "douze", "unit": "t/an"}, prefix="r"),
        "stages": list(STAGES),
        "families": list(FAMILIES),
        "crumb_trail": [("Bazancourt-Pomacle", "#"), (_("Synergies"), "#"), _("Palettes réparées")],
        "tab_list": [
            {"label": _("Résumé"), "url": "#", "current": True},
            {"label": _("Étapes"), "url": "#", "count": 4},
            {"label": _("Impacts"), "url": "#"},
        ],
        "step_list": [_("Vous"), _("Vos surplus"), _("Vos besoins"), _("Relire")],
        "chip_list": [(_("Énergie"), "#"), (_("Moins de 10 km"), "#")],
        "view_list": [
            {"label": _("Liste"), "url": "#", "icon": "list", "current": True},
            {"label": _("Colonnes"), "url": "#", "icon": "columns"},
        ],
        "event_list": [
            {"label": _("Accord des deux parties"), "date": today - timedelta(days=52), "state": "done"},
            {"label": _("Essai sur 2 bennes"), "date": today + timedelta(days=5), "state": "now"},
            {"label": _("Convention signée"), "date": today + timedelta(days=53)},
        ],
        "flow_headers": [_("Famille"), _("Flux")],
        "flow_rows": [(_("Matière"), 212), (_("Énergie"), 74), (_("Eau"), 41), (_("Logistique"), 28)],
        "synergy_headers": [_("Synergie"), _("De"), _("Vers")],
        "synergy_rows": [
            (_("CO₂ de fermentation"), "Cristanol", "Air Liquide"),
            (_("Condensats de betterave"), "Cristal Union", _("Industries du site")),
        ],
        "today": today,
        "last_news": today - timedelta(days=24),
    }
    return render(request, "styleguide.html", context)
