"""Forms of the reports and of the targets."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INTRODUCTION_LENGTH = 6000


def year_choices(demarche, today) -> list[tuple[int, str]]:
    """The years a report may be on: from the start of the démarche to the current one, latest first."""
    first = demarche.starts_on.year if demarche.starts_on else today.year - 3
    return [(year, str(year)) for year in range(today.year, min(first, today.year) - 1, -1)]


class WordsForm(forms.Form):
    """The word of the chargé(e) de mission, the only text of the report that is not computed."""

    introduction = forms.CharField(
        label=_("Votre mot d’introduction"),
        required=False,
        max_length=INTRODUCTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Facultatif. Il ouvre le rapport, sous votre nom : faits marquants, difficultés, suite attendue."),
    )


class ReportForm(WordsForm):
    """A report asked for outside the calendar."""

    year = forms.TypedChoiceField(label=_("Année du rapport"), coerce=int)
    field_order = ["year", "introduction"]

    def __init__(self, *args, demarche, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = year_choices(demarche, timezone.localdate())


class TransmissionForm(forms.Form):
    transmitted_on = forms.DateField(
        label=_("Transmis le"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Le jour où vous l’avez envoyé à vos financeurs."),
    )


class TargetForm(forms.Form):
    """The target of one indicator; empty, it is removed."""

    code = forms.SlugField(widget=forms.HiddenInput)
    value = forms.DecimalField(label=_("Cible"), required=False, max_digits=14, decimal_places=2)

    def __init__(self, *args, label: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["value"].label = _("Cible : %(label)s") % {"label": label}
