"""Sorting leads: filters, decision, note by hand."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from synergies.enums import Detection, Direction, Family, LeadKind, Reason
from synergies.models import Flow

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LATER, REFUSE = "later", "refuse"
LATER_BY_DEFAULT = timedelta(days=90)


class LeadFilter(forms.Form):
    """What the list shows; anything unreadable is left aside."""

    family = forms.ChoiceField(label=_("Famille"), required=False, choices=[("", _("Toutes")), *Family.choices])
    kind = forms.ChoiceField(label=_("Type"), required=False, choices=[("", _("Tous")), *LeadKind.choices])
    score = forms.TypedChoiceField(
        label=_("Note au moins"),
        required=False,
        coerce=int,
        empty_value=0,
        choices=[("", _("Toutes les notes")), ("55", "55 sur 100"), ("65", "65 sur 100"), ("75", "75 sur 100")],
    )


class DecisionForm(forms.Form):
    """Coming back later, or refusing with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("Ou bien"),
        choices=[(LATER, _("Y revenir plus tard")), (REFUSE, _("Écarter la piste"))],
        widget=forms.RadioSelect,
    )
    until = forms.DateField(label=_("À revoir le"), required=False, widget=DAY)
    reason = forms.ChoiceField(
        label=_("Raison, si vous l’écartez"),
        required=False,
        choices=[("", _("Choisir une raison")), *Reason.choices],
        help_text=_("Elle nourrit les statistiques de blocage et évite de reproposer la même piste."),
    )
    note = forms.CharField(label=_("Précision"), required=False, max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localdate() + LATER_BY_DEFAULT

    def clean(self):
        data = super().clean()
        if data.get("decision") == LATER and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Dites quand y revenir."))
        if data.get("decision") == REFUSE and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Dites pourquoi, parmi les huit raisons."))
        return data


class LeadNoteForm(forms.Form):
    """A possibility that somebody saw, tied to flows by their number when they are known."""

    title = forms.CharField(
        label=_("Ce qui pourrait se faire"),
        max_length=300,
        help_text=_("En une phrase : qui, quoi, avec qui."),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=LeadKind.choices, widget=forms.RadioSelect, initial=LeadKind.SUBSTITUTION)
    family = forms.ChoiceField(label=_("Famille"), choices=Family.choices)
    detection = forms.ChoiceField(
        label=_("D’où vient-elle ?"),
        choices=Detection.choices,
        initial=Detection.EMPIRICAL,
        widget=forms.RadioSelect,
    )
    offer = forms.IntegerField(
        label=_("Numéro du flux offert"),
        required=False,
        min_value=1,
        help_text=_("Il est écrit en tête de la fiche du flux."),
    )
    need = forms.IntegerField(label=_("Numéro du flux recherché"), required=False, min_value=1)
    note = forms.CharField(
        label=_("Ce qui a été dit"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, access, **kwargs):
        super().__init__(*args, **kwargs)
        self._flows = Flow.objects.visible_to(access.user).in_demarche(access.demarche).active()

    def clean_offer(self):
        return self._flow("offer", Direction.OFFER, _("Aucune offre active ne porte ce numéro."))

    def clean_need(self):
        return self._flow("need", Direction.NEED, _("Aucun besoin actif ne porte ce numéro."))

    def _flow(self, field, direction, message):
        number = self.cleaned_data[field]
        if number is None:
            return None
        flow = self._flows.filter(number=number, direction=direction).first()
        if flow is None:
            raise forms.ValidationError(message)
        return flow

    def flows(self) -> tuple[Flow, ...]:
        """The flows named, offer first."""
        return tuple(flow for flow in (self.cleaned_data["offer"], self.cleaned_data["need"]) if flow is not None)
