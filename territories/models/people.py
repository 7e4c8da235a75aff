"""People, their memberships, invitations and API tokens."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import Dated, Identified, ScopedQuerySet, demarche_ids_for
from territories.enums import DEMARCHE_ROLES, Role


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(Identified, AbstractBaseUser):
    """A person who signs in by e-mail. Rights come from memberships only: no staff flag, no Django admin."""

    email = models.EmailField(_("adresse électronique"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text="Opens networks and démarches; sees no business data.")
    date_joined = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class MembershipQuerySet(ScopedQuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def visible_to(self, user):
        """The members of the démarches the person belongs to as team, élu(e) or partner; a company sees itself."""
        if not user.is_authenticated:
            return self.none()
        mine = demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)
        return self.filter(models.Q(demarche_id__in=mine) | models.Q(user=user))


class Membership(Identified, Dated):
    """A role of a person in a démarche, or in a network."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    demarche = models.ForeignKey(
        "territories.Demarche", null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    network = models.ForeignKey(
        "territories.Network", null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("rôle")
        verbose_name_plural = _("rôles")
        constraints = [
            models.UniqueConstraint(
                fields=["demarche", "user", "role"], condition=models.Q(ended_at=None), name="one_current_role_per_person"
            ),
            models.UniqueConstraint(
                fields=["network", "user", "role"],
                condition=models.Q(ended_at=None, network__isnull=False),
                name="one_current_network_role_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(demarche__isnull=False, network=None, role__in=DEMARCHE_ROLES)
                | models.Q(demarche=None, network__isnull=False, role=Role.NETWORK),
                name="membership_is_of_a_demarche_or_of_a_network",
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.get_role_display()}"


class InvitationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Invitations are the managers' business."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(demarche_id__in=demarche_ids_for(user, Role.MANAGER))

    def pending(self):
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


class Invitation(Identified, Dated):
    """A role offered by e-mail; the token's hash only is kept."""

    demarche = models.ForeignKey("territories.Demarche", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=12, choices=[(role.value, role.label) for role in DEMARCHE_ROLES])
    details = models.JSONField(default=dict, blank=True, help_text="`establishments`: UUIDs a company member will act for.")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                models.F("demarche"),
                Lower("email"),
                models.F("role"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_address_and_role",
            )
        ]


class ApiTokenQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(user=user) if user.is_authenticated else self.none()

    def live(self):
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()))


class ApiToken(Identified, Dated):
    """A program acting for a person, narrowed by scope; only the hash of the token is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="'read', 'write'.")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("jeton d’API")
        verbose_name_plural = _("jetons d’API")
        ordering = ["-id"]
