"""Verbs on contacts: personal data, with why we may use them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.enums import LegalBasis
from actors.models import Contact, Establishment
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from operations.audit import record

FIELDS = (
    "first_name",
    "last_name",
    "job_title",
    "email",
    "phone",
    "language",
    "legal_basis",
    "consent_on",
    "consent_origin",
)


def _check(values: dict) -> None:
    if not (values.get("first_name") or values.get("last_name") or values.get("email")):
        raise BusinessError(_("Donnez au moins un nom ou une adresse."), code="nobody", field="last_name")
    if values.get("legal_basis") == LegalBasis.CONSENT:
        if not values.get("consent_on"):
            raise BusinessError(_("Indiquez le jour où la personne a consenti."), code="consent", field="consent_on")
        if not values.get("consent_origin"):
            raise BusinessError(_("Indiquez comment la personne a consenti."), code="consent", field="consent_origin")
    if values.get("consent_on") and values["consent_on"] > timezone.localdate():
        raise BusinessError(_("Cette date est dans le futur."), code="future_date", field="consent_on")


@transaction.atomic
def add_contact(*, establishment: Establishment, actor, values: dict) -> Contact:
    """Adds a person at an establishment. Raises BusinessError without a name or a record of consent."""
    _check(values)
    contact = Contact.objects.create(
        demarche=establishment.demarche,
        organisation=establishment.organisation,
        establishment=establishment,
        **{key: values[key] for key in FIELDS if key in values},
    )
    record(
        verb="contact.added",
        summary=_("Interlocuteur ajouté chez %(name)s") % {"name": establishment.name},
        actor=actor,
        demarche=establishment.demarche,
        target=contact,
    )
    return contact


@transaction.atomic
def change_contact(*, contact: Contact, actor, version: int, values: dict) -> Contact:
    """Changes a person's record. Raises StaleVersion, or BusinessError without a name or a record of consent."""
    _check(values)
    fields = [key for key in FIELDS if key in values]
    changed = [key for key in fields if getattr(contact, key) != values[key]]
    for key in fields:
        setattr(contact, key, values[key])
    save_version(contact, version=version, fields=fields)
    record(
        verb="contact.changed",
        summary=_("Interlocuteur modifié chez %(name)s") % {"name": contact.organisation.name},
        actor=actor,
        demarche=contact.demarche,
        target=contact,
        data={"fields": changed},
    )
    return contact


@transaction.atomic
def archive_contact(*, contact: Contact, actor, version: int) -> Contact:
    """Takes a person out of the lists: nothing is sent to them any more."""
    contact.archived_at = timezone.now()
    save_version(contact, version=version, fields=["archived_at"])
    record(
        verb="contact.archived",
        summary=_("Interlocuteur retiré chez %(name)s") % {"name": contact.organisation.name},
        actor=actor,
        demarche=contact.demarche,
        target=contact,
    )
    return contact
