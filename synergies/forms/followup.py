"""Following synergies: filters, next step, stage, stop, note."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from synergies.enums import STAGE_ORDER, Family, Reason, SynergyStage
from territories.enums import TEAM_ROLES
from territories.models import Membership

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OPEN, ALL = "", "toutes"
_STAGES = [(stage.value, stage.label.capitalize()) for stage in STAGE_ORDER]
_STOPS = [(SynergyStage.PAUSED.value, _("La mettre en pause")), (SynergyStage.DROPPED.value, _("L’abandonner"))]


class SynergyFilter(forms.Form):
    """What the list shows; anything unreadable is left aside."""

    q = forms.CharField(label=_("Mots du titre"), required=False, max_length=100)
    stage = forms.ChoiceField(
        label=_("Étape"),
        required=False,
        choices=[
            (OPEN, _("Non abandonnées")),
            *_STAGES,
            (SynergyStage.PAUSED.value, _("En pause")),
            (SynergyStage.DROPPED.value, _("Abandonnées")),
            (ALL, _("Toutes")),
        ],
    )
    family = forms.ChoiceField(label=_("Famille"), required=False, choices=[("", _("Toutes")), *Family.choices])
    late = forms.BooleanField(label=_("En retard seulement"), required=False)


class VersionedForm(forms.Form):
    """A form that says which version of the synergy it was written over."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class NextStepForm(VersionedForm):
    """What comes next, who, when, and whose answer is awaited."""

    next_step = forms.CharField(label=_("Prochaine action"), max_length=300)
    next_step_owner = forms.ChoiceField(label=_("Qui s’en charge"), required=False)
    next_step_due = forms.DateField(label=_("Pour le"), required=False, widget=DAY)
    waiting_on = forms.CharField(
        label=_("On attend une réponse de"),
        required=False,
        max_length=200,
        help_text=_("Quand la suite ne dépend pas de vous : la synergie passe dans « attendu »."),
    )

    def __init__(self, *args, access, **kwargs):
        super().__init__(*args, **kwargs)
        members = Membership.objects.visible_to(access.user).current()
        rows = members.filter(demarche=access.demarche, role__in=TEAM_ROLES).select_related("user").order_by("user__email")
        self.people = {str(row.user.uuid): row.user for row in rows}
        self.fields["next_step_owner"].choices = [
            ("", _("Personne en particulier")),
            *((key, person.full_name) for key, person in self.people.items()),
        ]

    def owner(self):
        """The person chosen, or None."""
        return self.people.get(self.cleaned_data["next_step_owner"])


class StageForm(VersionedForm):
    """Moving to one of the six stages."""

    stage = forms.ChoiceField(label=_("Étape"), choices=_STAGES)
    on = forms.DateField(label=_("Depuis le"), widget=DAY)
    note = forms.CharField(label=_("Ce qui s’est passé"), required=False, max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class StopForm(VersionedForm):
    """On hold or dropped, with a reason."""

    stop = forms.ChoiceField(label=_("Que devient-elle ?"), choices=_STOPS, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Raison"), choices=[("", _("Choisir une raison")), *Reason.choices])
    note = forms.CharField(label=_("Précision"), required=False, max_length=400)


class NoteForm(forms.Form):
    """A line of the journal."""

    text = forms.CharField(label=_("Ce qui s’est passé ou dit"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    on = forms.DateField(label=_("Le"), widget=DAY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
