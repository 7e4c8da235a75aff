"""Verbs of the mobilisation: stage of engagement, acteur moteur, exchanges."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.enums import EngagementStage
from actors.models import Contact, Engagement, Establishment, Interaction
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from operations.audit import record

DATE_OF_STAGE = {
    EngagementStage.CONTACTED: "contacted_on",
    EngagementStage.MET: "met_on",
    EngagementStage.ENGAGED: "engaged_on",
    EngagementStage.REFUSED: "refused_on",
}


def _not_ahead(day: datetime.date | None, field: str) -> None:
    if day is not None and day > timezone.localdate():
        raise BusinessError(_("Cette date est dans le futur."), code="future_date", field=field)


@transaction.atomic
def move_engagement(
    *,
    engagement: Engagement,
    actor,
    version: int,
    stage: str,
    on: datetime.date,
    reason: str = "",
    next_step: str = "",
    next_step_due: datetime.date | None = None,
) -> Engagement:
    """Puts an establishment at a stage, on a day that is not ahead; a refusal says why. Raises StaleVersion."""
    _not_ahead(on, "on")
    if stage == EngagementStage.REFUSED and not reason.strip():
        raise BusinessError(_("Dites en quelques mots pourquoi l’entreprise refuse."), code="no_reason", field="reason")
    before = engagement.stage
    engagement.stage = stage
    if stage in DATE_OF_STAGE:
        setattr(engagement, DATE_OF_STAGE[stage], on)
    engagement.refusal_reason = reason.strip()[:300] if stage == EngagementStage.REFUSED else ""
    engagement.next_step, engagement.next_step_due = next_step.strip()[:300], next_step_due
    fields = ["stage", *DATE_OF_STAGE.values(), "refusal_reason", "next_step", "next_step_due"]
    save_version(engagement, version=version, fields=fields)
    record(
        verb="engagement.moved",
        summary=_("%(name)s : %(stage)s") % {"name": engagement.establishment.name, "stage": engagement.get_stage_display()},
        actor=actor,
        demarche=engagement.demarche,
        target=engagement,
        data={"from": before, "to": stage, "on": on.isoformat()},
    )
    return engagement


@transaction.atomic
def set_driving(
    *, engagement: Engagement, actor, version: int, since: datetime.date | None, until: datetime.date | None = None
) -> Engagement:
    """Flags an establishment as acteur moteur since a day, until another; no `since` takes the flag away."""
    _not_ahead(since, "driving_since")
    if until is not None and (since is None or until < since):
        raise BusinessError(_("La fin vient après le début."), code="dates", field="driving_until")
    engagement.driving_since, engagement.driving_until = since, until
    save_version(engagement, version=version, fields=["driving_since", "driving_until"])
    name = engagement.establishment.name
    flagged = since is not None and until is None
    summary = _("%(name)s est acteur moteur") if flagged else _("%(name)s n’est plus acteur moteur")
    record(
        verb="engagement.driving_set",
        summary=summary % {"name": name},
        actor=actor,
        demarche=engagement.demarche,
        target=engagement,
        data={"since": str(since or ""), "until": str(until or "")},
    )
    return engagement


@transaction.atomic
def note_interaction(
    *,
    establishment: Establishment,
    actor,
    kind: str,
    happened_on: datetime.date,
    notes: str = "",
    contact: Contact | None = None,
) -> Interaction:
    """Notes a call, a visit, a mail… that took place; it cannot be ahead."""
    _not_ahead(happened_on, "happened_on")
    if contact is not None and contact.organisation_id != establishment.organisation_id:
        message = _("Cette personne n’est pas de cette entreprise.")
        raise BusinessError(message, code="other_company", field="contact")
    interaction = Interaction.objects.create(
        demarche=establishment.demarche,
        establishment=establishment,
        contact=contact,
        kind=kind,
        happened_on=happened_on,
        notes=notes.strip(),
        author=actor,
    )
    record(
        verb="interaction.noted",
        summary=_("%(name)s : %(kind)s") % {"name": establishment.name, "kind": interaction.get_kind_display()},
        actor=actor,
        demarche=establishment.demarche,
        target=interaction,
    )
    return interaction
