"""Inviting a person by e-mail with a role, and accepting."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from operations.audit import record
from operations.services import queue_mail
from territories.acceptance import run_acceptance
from territories.authentication import token_hash
from territories.emails import invitation_mail
from territories.enums import Role
from territories.models import Invitation, Membership, User

VALID_FOR = timedelta(days=14)


@transaction.atomic
def invite(*, actor, demarche, email: str, role: str, first_name: str = "", last_name: str = "", details=None) -> Invitation:
    """Offers a role by e-mail; the link is valid for 14 days, a new invitation replaces the one still open.

    Raises BusinessError when the person already holds the role.
    """
    email = email.strip().lower()
    if Membership.objects.current().filter(demarche=demarche, role=role, user__email__iexact=email).exists():
        raise BusinessError(_("Cette personne a déjà ce rôle dans la démarche."), code="already_member", field="email")
    Invitation.objects.filter(demarche=demarche, email__iexact=email, role=role, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        demarche=demarche,
        email=email,
        role=role,
        first_name=first_name,
        last_name=last_name,
        details=details or {},
        token_hash=token_hash(token),
        invited_by=actor,
        expires_at=timezone.now() + VALID_FOR,
    )
    link = settings.SITE_URL + reverse("territories:accept_invitation", kwargs={"token": token})
    subject, body = invitation_mail(invitation)
    queue_mail(
        key=f"invitation:{invitation.uuid}",
        recipient=email,
        subject=subject,
        body=body,
        demarche=demarche,
        secrets={"lien": link},
        reply_to=actor.email,
    )
    record(
        verb="member.invited",
        summary=_("Invitation de %(email)s comme %(role)s") % {"email": email, "role": Role(role).label},
        actor=actor,
        demarche=demarche,
        target=invitation,
    )
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """The pending invitation of a token; None when unknown, altered, expired, used or revoked – all alike."""
    return Invitation.objects.pending().filter(token_hash=token_hash(token)).select_related("demarche", "invited_by").first()


def pending_invitation(uuid: str | None) -> Invitation | None:
    """The invitation opened earlier in a session, if it is still pending."""
    if uuid is None:
        return None
    return Invitation.objects.pending().filter(uuid=uuid).select_related("demarche", "invited_by").first()


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Gives the role to the person signed in with the invited address."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted_at or locked.revoked_at or locked.expires_at <= timezone.now():
        raise BusinessError(_("Cette invitation n’est plus valable. Demandez-en une nouvelle."), code="invitation_over")
    if user.email.lower() != locked.email.lower():
        raise BusinessError(
            _("Cette invitation est adressée à une autre adresse. Déconnectez-vous, puis rouvrez le lien."),
            code="other_address",
        )
    membership, _created = Membership.objects.get_or_create(
        demarche=locked.demarche, user=user, role=locked.role, ended_at=None
    )
    run_acceptance(membership, locked.details)
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at", "updated_at"])
    record(
        verb="member.joined",
        summary=_("%(person)s a rejoint la démarche comme %(role)s") % {"person": user, "role": Role(locked.role).label},
        actor=user,
        demarche=locked.demarche,
        target=membership,
    )
    return membership


@transaction.atomic
def create_account_and_accept(
    *, invitation: Invitation, first_name: str, last_name: str, password: str
) -> tuple[User, Membership]:
    """Opens the account of the invited address, verified by the link itself, and gives the role.

    Raises BusinessError on `password` when it is too weak, and when the address already has an account.
    """
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise BusinessError(_("Un compte existe déjà pour cette adresse : connectez-vous."), code="account_exists")
    candidate = User(email=invitation.email, first_name=first_name, last_name=last_name)
    try:
        validate_password(password, candidate)
    except ValidationError as error:
        raise BusinessError(" ".join(error.messages), code="weak_password", field="password") from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, first_name=first_name, last_name=last_name)
    except IntegrityError as error:  # the same link accepted in two windows at once
        raise BusinessError(_("Un compte existe déjà pour cette adresse : connectez-vous."), code="account_exists") from error
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user, accept_invitation(invitation=invitation, user=user)


@transaction.atomic
def revoke_invitation(*, actor, invitation: Invitation) -> Invitation:
    """Closes an invitation; its link stops working at once."""
    if invitation.accepted_at:
        raise BusinessError(_("Cette invitation a déjà été acceptée : retirez plutôt la personne."), code="already_accepted")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at", "updated_at"])
    record(
        verb="invitation.revoked",
        summary=_("Invitation de %(email)s annulée") % {"email": invitation.email},
        actor=actor,
        demarche=invitation.demarche,
        target=invitation,
    )
    return invitation
