"""Campaigns: choosing establishments, writing to them, following what comes back."""

import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actors.enums import LegalBasis
from actors.models import Contact
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from operations.audit import record
from operations.services import queue_mail
from synergies.emails import campaign_mail, unknown_variables
from synergies.enums import QuestionnaireState
from synergies.models import Campaign, PersonalLink, Questionnaire
from territories.authentication import token_hash

LINK_VALID_FOR = timedelta(days=60)
ANSWERED = (QuestionnaireState.FINISHED, QuestionnaireState.REFUSED)


@transaction.atomic
def create_campaign(
    *, actor, demarche, title: str, message_subject: str, message_body: str, establishments, closes_on=None
) -> Campaign:
    """Prepares a campaign: nothing leaves before `send_campaign`.

    Raises BusinessError when the message has no {lien}, or an unknown variable, or when no establishment is chosen.
    """
    sites = list(establishments)
    if not sites:
        raise BusinessError(_("Choisissez au moins un établissement."), code="nobody", field="establishments")
    _check_message(message_subject, message_body)
    _check_closing(closes_on)
    campaign = Campaign.objects.create(
        demarche=demarche,
        title=title,
        message_subject=message_subject,
        message_body=message_body,
        closes_on=closes_on,
        author=actor,
    )
    add_establishments(actor=actor, campaign=campaign, establishments=sites)
    record(
        verb="campaign.created",
        summary=_("Campagne préparée\u00a0: %(title)s") % {"title": title},
        actor=actor,
        demarche=demarche,
        target=campaign,
        data={"establishments": len(sites)},
    )
    return campaign


@transaction.atomic
def change_message(
    *, actor, campaign: Campaign, version: int, title: str, message_subject: str, message_body: str, closes_on=None
):
    """Rewrites a message that has not left. Raises StaleVersion, or BusinessError once it is sent."""
    _check_not_sent(campaign)
    _check_message(message_subject, message_body)
    _check_closing(closes_on)
    campaign.title, campaign.message_subject, campaign.message_body = title, message_subject, message_body
    campaign.closes_on = closes_on
    save_version(campaign, version=version, fields=["title", "message_subject", "message_body", "closes_on"])
    record(
        verb="campaign.changed",
        summary=_("Message modifié\u00a0: %(title)s") % {"title": title},
        actor=actor,
        demarche=campaign.demarche,
        target=campaign,
    )
    return campaign


@transaction.atomic
def add_establishments(*, actor, campaign: Campaign, establishments) -> int:
    """Adds recipients to a campaign being prepared, each with its best contact; returns how many are new.

    An establishment already in it stays as it is.
    """
    _check_not_sent(campaign)
    sites = [site for site in establishments if site.demarche_id == campaign.demarche_id]
    known = set(campaign.questionnaires.filter(establishment__in=sites).values_list("establishment_id", flat=True))
    contacts = best_contacts(sites)
    rows = []
    for site in sites:
        if site.pk in known:
            continue
        known.add(site.pk)
        contact = contacts.get(site.pk)
        rows.append(
            Questionnaire(
                demarche_id=campaign.demarche_id,
                campaign=campaign,
                establishment=site,
                contact=contact,
                recipient=contact.email if contact else "",
            )
        )
    Questionnaire.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def remove_establishment(*, actor, questionnaire: Questionnaire) -> None:
    """Takes a recipient out of a campaign that has not left."""
    _check_not_sent(questionnaire.campaign)
    questionnaire.delete()


def best_contacts(sites) -> dict[int, Contact]:
    """For each establishment (by primary key), whom to write to: its own contact first, else its organisation's.

    Nobody who asked not to be written to any more, and nobody archived.
    """
    sites = list(sites)
    contacts = (
        Contact.objects.filter(
            Q(establishment__in=sites) | Q(establishment=None, organisation__in={site.organisation_id for site in sites}),
            archived_at=None,
            unsubscribed_at=None,
        )
        .exclude(email="")
        .order_by("pk")
    )
    by_site: dict[int, Contact] = {}
    by_organisation: dict[int, Contact] = {}
    for contact in contacts:
        if contact.establishment_id:
            by_site.setdefault(contact.establishment_id, contact)
        else:
            by_organisation.setdefault(contact.organisation_id, contact)
    found = {site.pk: by_site.get(site.pk) or by_organisation.get(site.organisation_id) for site in sites}
    return {pk: contact for pk, contact in found.items() if contact is not None}


@transaction.atomic
def set_recipient(
    *, actor, questionnaire: Questionnaire, email: str, first_name: str = "", last_name: str = ""
) -> Questionnaire:
    """Says to which address one establishment's message goes, and keeps it as a contact with its legal basis.

    Raises BusinessError for an address that can't be, or for a person who asked not to be written to any more.
    """
    _check_not_sent(questionnaire.campaign)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BusinessError(_("Cette adresse n’est pas complète."), code="email", field="email") from None
    site = questionnaire.establishment
    known = Contact.objects.filter(organisation_id=site.organisation_id, email__iexact=email, archived_at=None)
    if known.filter(unsubscribed_at__isnull=False).exists():
        raise BusinessError(_("Cette personne a demandé à ne plus être sollicitée."), code="unsubscribed", field="email")
    contact = known.order_by("pk").first()
    if contact is None:
        contact = Contact.objects.create(
            demarche_id=site.demarche_id,
            organisation_id=site.organisation_id,
            establishment=site,
            email=email,
            first_name=first_name,
            last_name=last_name,
            legal_basis=LegalBasis.PUBLIC_TASK,
            consent_origin=_("Adresse saisie en préparant un questionnaire"),
        )
        record(
            verb="contact.created",
            summary=_("Interlocuteur ajouté pour %(site)s") % {"site": site.name},
            actor=actor,
            demarche=site.demarche,
            target=contact,
        )
    questionnaire.contact, questionnaire.recipient = contact, email
    questionnaire.save(update_fields=["contact", "recipient", "updated_at"])
    return questionnaire


@transaction.atomic
def send_campaign(*, actor, campaign: Campaign) -> int:
    """Writes one mail and one personal link per establishment; returns how many. A second call sends nothing.

    Raises BusinessError while an establishment has no address.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("author", "demarche").get(pk=campaign.pk)
    if campaign.sent_at is not None:
        return 0
    rows = list(
        campaign.questionnaires.select_related("contact", "establishment", "demarche").filter(state=QuestionnaireState.TO_SEND)
    )
    missing = sum(1 for row in rows if not row.recipient)
    if missing:
        raise BusinessError(
            ngettext(
                "%(count)s établissement n’a pas d’adresse\u00a0: ajoutez-la, ou retirez-le de la campagne.",
                "%(count)s établissements n’ont pas d’adresse\u00a0: ajoutez-la, ou retirez-les de la campagne.",
                missing,
            )
            % {"count": missing},
            code="no_address",
        )
    if not rows:
        raise BusinessError(_("Cette campagne n’a aucun destinataire."), code="nobody")
    _check_closing(campaign.closes_on)  # its links would be over before they arrive
    if any(row.contact is not None and row.contact.unsubscribed_at for row in rows):
        raise BusinessError(_("Une personne a demandé à ne plus être sollicitée\u00a0: retirez-la."), code="unsubscribed")
    now = timezone.now()
    for row in rows:
        _send_one(actor, campaign, row, rank=1)
        row.state, row.sent_at = QuestionnaireState.SENT, now
    Questionnaire.objects.bulk_update(rows, ["state", "sent_at"], batch_size=200)
    campaign.sent_at = now
    save_version(campaign, version=campaign.version, fields=["sent_at"])
    record(
        verb="campaign.sent",
        summary=_("Campagne envoyée\u00a0: %(title)s (%(count)s établissements)")
        % {"title": campaign.title, "count": len(rows)},
        actor=actor,
        demarche=campaign.demarche,
        target=campaign,
    )
    return len(rows)


@transaction.atomic
def resend(*, actor, questionnaire: Questionnaire) -> Questionnaire:
    """Sends the message again with a new link; the links already sent stay good.

    Raises BusinessError when the establishment has answered, refused, or when its contact asked for silence.
    """
    row = (
        Questionnaire.objects.select_for_update(of=("self",))
        .select_related("campaign__author", "campaign__demarche", "contact", "establishment", "demarche")
        .get(pk=questionnaire.pk)
    )
    if row.state == QuestionnaireState.TO_SEND or row.campaign is None:
        raise BusinessError(_("Ce questionnaire n’a pas encore été envoyé."), code="not_sent")
    if row.state in ANSWERED:
        raise BusinessError(_("Cet établissement a déjà répondu."), code="answered")
    if row.contact is not None and row.contact.unsubscribed_at:
        raise BusinessError(_("Cette personne a demandé à ne plus être sollicitée."), code="unsubscribed")
    _check_closing(row.campaign.closes_on)
    _send_one(actor, row.campaign, row, rank=row.links.count() + 1)
    record(
        verb="questionnaire.resent",
        summary=_("Questionnaire renvoyé à %(site)s") % {"site": row.establishment.name},
        actor=actor,
        demarche=row.demarche,
        target=row,
    )
    return row


@transaction.atomic
def revoke_links(*, actor, questionnaire: Questionnaire) -> int:
    """Closes every live link of a questionnaire, and what was opened with them; returns how many."""
    count = questionnaire.links.live().update(revoked_at=timezone.now())
    if count:
        record(
            verb="questionnaire.link_revoked",
            summary=_("Lien révoqué pour %(site)s") % {"site": questionnaire.establishment.name},
            actor=actor,
            demarche=questionnaire.demarche,
            target=questionnaire,
        )
    return count


def link_end(campaign: Campaign) -> datetime:
    """When a link sent now stops working: 60 days, or the end of the campaign's last day."""
    end = timezone.now() + LINK_VALID_FOR
    if campaign.closes_on:
        last = timezone.make_aware(datetime.combine(campaign.closes_on, time.max))
        end = min(end, last)
    return end


def _send_one(actor, campaign: Campaign, questionnaire: Questionnaire, *, rank: int) -> None:
    token = secrets.token_urlsafe(32)
    expires_at = link_end(campaign)
    PersonalLink.objects.create(
        demarche_id=questionnaire.demarche_id,
        questionnaire=questionnaire,
        token_hash=token_hash(token),
        expires_at=expires_at,
    )
    subject, body = campaign_mail(campaign, questionnaire, expires_on=expires_at)
    queue_mail(
        key=f"questionnaire:{questionnaire.uuid}:{rank}",
        recipient=questionnaire.recipient,
        subject=subject,
        body=body,
        demarche=campaign.demarche,
        secrets={"lien": settings.SITE_URL + reverse("synergies:personal_link", kwargs={"token": token})},
        reply_to=actor.email if actor else "",
    )


def _check_not_sent(campaign: Campaign) -> None:
    if campaign.sent_at is not None:
        raise BusinessError(_("Cette campagne est partie\u00a0: elle ne se modifie plus."), code="campaign_sent")


def _check_closing(closes_on) -> None:
    if closes_on is not None and closes_on < timezone.localdate():
        raise BusinessError(_("Cette date est passée."), code="closed", field="closes_on")


def _check_message(subject: str, body: str) -> None:
    for field, text in (("message_subject", subject), ("message_body", body)):
        if "{{" in text or "}}" in text:
            raise BusinessError(_("Une variable s’écrit entre accolades simples\u00a0: {prenom}."), code="braces", field=field)
        unknown = unknown_variables(text)
        if unknown:
            raise BusinessError(
                _("Cette variable n’existe pas\u00a0: %(name)s.") % {"name": ", ".join(unknown)}, code="variable", field=field
            )
    if "{lien}" not in body:
        raise BusinessError(
            _("Le message doit contenir {lien}\u00a0: c’est là que vient le lien personnel."),
            code="no_link",
            field="message_body",
        )
