"""Roles given and ended, démarches opened."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from operations.audit import record
from territories.enums import Role
from territories.models import Demarche, Membership, User
from territories.services.invitations import invite


@transaction.atomic
def end_membership(*, actor, membership: Membership) -> Membership:
    """Takes a role away, from now on. A démarche keeps at least one chargé(e) de mission."""
    if membership.role == Role.MANAGER:
        managers = Membership.objects.select_for_update().filter(
            demarche_id=membership.demarche_id, role=Role.MANAGER, ended_at=None
        )
        if len(managers) == 1:
            raise BusinessError(
                _("La démarche doit garder un(e) chargé(e) de mission. Invitez d’abord la personne qui prend la suite."),
                code="last_manager",
            )
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at", "updated_at"])
    record(
        verb="member.left",
        summary=_("%(person)s n’est plus %(role)s") % {"person": membership.user, "role": membership.get_role_display()},
        actor=actor,
        demarche=membership.demarche,
        target=membership,
    )
    return membership


@transaction.atomic
def open_demarche(*, actor, name: str, slug: str, manager_email: str, network=None) -> Demarche:
    """The operator opens a démarche and names its first chargé(e) de mission by invitation."""
    if Demarche.objects.filter(slug=slug).exists():
        raise BusinessError(_("Une démarche porte déjà cette adresse."), code="slug_taken", field="slug")
    demarche = Demarche.objects.create(name=name, slug=slug, network=network)
    record(
        verb="demarche.opened",
        summary=_("Ouverture de la démarche « %(name)s »") % {"name": name},
        actor=actor,
        demarche=demarche,
        target=demarche,
    )
    invite(actor=actor, demarche=demarche, email=manager_email, role=Role.MANAGER)
    return demarche


@transaction.atomic
def change_demarche(*, actor, demarche: Demarche, version: int, fields: list[str]) -> Demarche:
    """Saves the settings already set on `demarche`; raises StaleVersion when somebody saved since `version`."""
    save_version(demarche, version=version, fields=fields)
    record(
        verb="demarche.changed",
        summary=_("Réglages de la démarche modifiés"),
        actor=actor,
        demarche=demarche,
        target=demarche,
        data={"fields": fields},
    )
    return demarche


@transaction.atomic
def create_operator(*, email: str, first_name: str = "", last_name: str = "") -> tuple[User, bool]:
    """Gives an address the operator's right, opening its account (without password: a code comes by mail) when needed."""
    user = User.objects.filter(email__iexact=email).first()
    created = user is None
    if created:
        user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.is_operator = True
    user.save(update_fields=["is_operator"])
    record(verb="operator.named", summary=_("%(person)s exploite la plateforme") % {"person": user}, target=user)
    return user, created
