"""People at organisations, and how far each establishment is engaged."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actors.enums import EngagementStage, InteractionKind, LegalBasis
from actors.models.organisations import Establishment, Organisation
from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from territories.enums import Role
from territories.models import DemarcheOwned


class TeamQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The team's working notes: chargé(e) de mission and colleagues."""
        return self.filter(demarche_id__in=demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE))


class ContactQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Personal data: the team, and the company's own people for their organisation."""
        if not user.is_authenticated:
            return self.none()
        own = Establishment.objects.filter(accesses__membership__user=user, accesses__membership__ended_at=None)
        return self.filter(
            models.Q(demarche_id__in=demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE))
            | models.Q(organisation_id__in=own.values("organisation_id"))
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Contact(DemarcheOwned, Versioned):
    """A person at an organisation, with the record of why we may write to them."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="contacts")
    establishment = models.ForeignKey(Establishment, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts")
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=2, default="fr")
    legal_basis = models.CharField(max_length=20, choices=LegalBasis.choices, default=LegalBasis.PUBLIC_TASK)
    consent_on = models.DateField(null=True, blank=True)
    consent_origin = models.CharField(max_length=200, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("interlocuteur")
        verbose_name_plural = _("interlocuteurs")
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(first_name="", last_name="", email=""), name="contact_is_somebody"),
        ]

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip() or self.email


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Engagement(DemarcheOwned, Versioned):
    """How far an establishment is engaged in the démarche."""

    establishment = models.OneToOneField(Establishment, on_delete=models.CASCADE, related_name="engagement")
    stage = models.CharField(max_length=12, choices=EngagementStage.choices, default=EngagementStage.TO_CONTACT)
    contacted_on = models.DateField(null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    engaged_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=300, blank=True)
    driving_since = models.DateField(null=True, blank=True, help_text="Acteur moteur since.")
    driving_until = models.DateField(null=True, blank=True)
    relay = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="brought")
    next_step = models.CharField(max_length=300, blank=True)
    next_step_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_step_due = models.DateField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("mobilisation")
        verbose_name_plural = _("mobilisations")
        indexes = [models.Index(fields=["demarche", "stage"], name="engagement_by_stage")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(stage="refused") | models.Q(refused_on__isnull=False), name="refusal_has_a_date"
            ),
        ]

    @property
    def is_driving(self) -> bool:
        """Whether it is an acteur moteur today; an end to come has not come."""
        today = timezone.localdate()
        begun = self.driving_since is not None and self.driving_since <= today
        return begun and (self.driving_until is None or self.driving_until > today)


class Interaction(DemarcheOwned):
    """A call, a visit, a mail, noted by hand."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="interactions")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions")
    kind = models.CharField(max_length=10, choices=InteractionKind.choices)
    happened_on = models.DateField()
    notes = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("échange")
        verbose_name_plural = _("échanges")
        ordering = ["-happened_on", "-id"]


class CompanyAccess(DemarcheOwned):
    """The sites that a member of role `company` acts for."""

    membership = models.ForeignKey("territories.Membership", on_delete=models.CASCADE, related_name="accesses")
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="accesses")

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("accès d’entreprise")
        verbose_name_plural = _("accès d’entreprise")
        constraints = [
            models.UniqueConstraint(fields=["demarche", "membership", "establishment"], name="one_access_per_member_and_site"),
        ]
