"""Answering by personal link: what a link opens, what each step keeps, when an answer becomes a flow."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from operations import attempts
from operations.audit import record
from operations.services import queue_mail
from synergies.emails import code_mail
from synergies.enums import Certainty, FlowState, Provenance, QuestionnaireState
from synergies.models import AnswerDraft, PersonalLink, Questionnaire, Resource
from synergies.services.flows import archive_flow, change_flow, check_flow, create_flow, profile_of_months
from territories.authentication import token_hash

STEPS = ("mots", "ressource", "quantite", "saison")
DONE = "fini"
MAX_DRAFTS = 60
CODE_DIGITS = 6
CODE_VALID_FOR = timedelta(minutes=10)
CODE_SCOPE, SEND_SCOPE = "questionnaire-code", "questionnaire-code-sent"
CODE_TRIES, CODES_PER_HOUR = 5, 5
DECIMALS = (
    "quantity",
    "quantity_min",
    "quantity_max",
    "temperature_c",
    "pressure_bar",
    "moisture_pct",
    "present_cost",
)
DATES = ("available_from", "available_to")
# What a screen keeps for itself, and that is not a column of a flow.
SCREEN_ONLY = ("section", "proposed", "months", "waste_query")


@dataclass
class Visit:
    """One browser's visit to one questionnaire: what it opened it with, and what it may be shown again."""

    questionnaire: Questionnaire
    link: PersonalLink
    mine: set[int] = field(default_factory=set)
    unlocked: bool = False

    def drafts(self):
        """The answers this browser may see: those it typed, and the others once a code sent by mail was given."""
        rows = self.questionnaire.drafts.select_related("flow__resource")
        return rows if self.unlocked else rows.filter(position__in=self.mine)

    def has_hidden(self) -> bool:
        """Whether answers are stored that this browser has not typed, nor proved to be allowed to read."""
        return not self.unlocked and self.questionnaire.drafts.exclude(position__in=self.mine).exists()


def find_link(token: str) -> PersonalLink | None:
    """The live link of a token; None when unknown, altered, expired or revoked – all alike."""
    return PersonalLink.objects.live().filter(token_hash=token_hash(token)).select_related("questionnaire").first()


def open_visit(*, link_pk: int, questionnaire_uuid, mine, unlocked: bool) -> Visit | None:
    """The visit that a session holds; None once its link expired, was revoked, or opens another questionnaire."""
    link = (
        PersonalLink.objects.live()
        .filter(pk=link_pk, questionnaire__uuid=questionnaire_uuid)
        .select_related(
            "questionnaire__establishment__demarche",
            "questionnaire__demarche",
            "questionnaire__campaign__author",
            "questionnaire__contact",
        )
        .first()
    )
    if link is None:
        return None
    return Visit(questionnaire=link.questionnaire, link=link, mine=set(mine), unlocked=unlocked)


@transaction.atomic
def begin(*, visit: Visit) -> Questionnaire:
    """The person pressed « Commencer »: the questionnaire is open. A refusal is taken back by beginning."""
    now = timezone.now()
    PersonalLink.objects.filter(pk=visit.link.pk).update(last_used_at=now)
    row = _locked(visit)
    if row.state in (QuestionnaireState.TO_SEND, QuestionnaireState.SENT, QuestionnaireState.REFUSED):
        row.state = QuestionnaireState.STARTED if row.started_at else QuestionnaireState.OPENED
        row.opened_at = row.opened_at or now
        row.refused_at, row.refusal_reason = None, ""
        row.save(update_fields=["state", "opened_at", "refused_at", "refusal_reason", "updated_at"])
        _trace(row, "questionnaire.opened", _("Questionnaire ouvert par %(site)s"))
    return row


@transaction.atomic
def add_answer(*, visit: Visit, section: str, direction: str, label: str = "", resource: Resource | None = None) -> AnswerDraft:
    """Begins one answer; with a `resource` proposed by the sector it is marked as such until the company confirms it.

    Raises BusinessError above 60 answers.
    """
    row = _locked(visit)
    positions = list(row.drafts.values_list("position", flat=True))
    if len(positions) >= MAX_DRAFTS:
        raise BusinessError(_("Soixante réponses, c’est déjà beaucoup\u00a0: terminez, puis écrivez-nous."), code="too_many")
    values: dict = {"section": section, "direction": direction, "label": label}
    step = "ressource"
    if resource is not None:
        values |= {"label": resource.label, "resource": resource.code, "certainty": Certainty.ESTIMATED, "proposed": True}
        step = "quantite"
    draft = AnswerDraft.objects.create(
        demarche_id=row.demarche_id, questionnaire=row, position=max(positions, default=0) + 1, step=step, values=values
    )
    _mark_started(row)
    return draft


@transaction.atomic
def save_step(*, visit: Visit, draft: AnswerDraft, step: str, values: dict) -> AnswerDraft:
    """Keeps what was typed on one screen; the last one makes the flow, or brings it up to date.

    `values` is JSON. Raises BusinessError (`field`) when the flow can't be written with them: nothing is kept then.
    """
    row = _locked(visit)
    draft = row.drafts.select_for_update(of=("self",)).select_related("flow").get(pk=draft.pk)
    draft.values = {**draft.values, **values}
    draft.values.pop("proposed", None)
    following = STEPS.index(step) + 1
    if following == len(STEPS):
        draft.step = DONE
    elif draft.step != DONE:
        draft.step = STEPS[following]
    if draft.step == DONE:
        _publish(row, draft)
    else:
        check_flow(establishment=row.establishment, **flow_values(draft.values))
    draft.save()
    _mark_started(row)
    return draft


@transaction.atomic
def remove_answer(*, visit: Visit, draft: AnswerDraft) -> None:
    """Takes an answer back; the flow it made is archived."""
    row = _locked(visit)
    draft = row.drafts.select_for_update(of=("self",)).select_related("flow__demarche").get(pk=draft.pk)
    if draft.flow is not None:
        archive_flow(actor=None, flow=draft.flow, version=draft.flow.version)
    draft.delete()


@transaction.atomic
def finish(*, visit: Visit) -> Questionnaire:
    """Ends the questionnaire; answers begun count for what they say, proposals not confirmed don't.

    Raises BusinessError when answers are hidden from this browser, or when there is no answer at all.
    """
    row = _locked(visit)
    _check_sees_all(visit)
    drafts = list(row.drafts.select_for_update(of=("self",)).select_related("flow"))
    kept = [draft for draft in drafts if not draft.values.get("proposed")]
    if not kept:
        raise BusinessError(
            _("Rien n’est encore noté. Ajoutez au moins une ligne, ou dites que vous ne souhaitez pas répondre."), code="empty"
        )
    for draft in kept:
        if draft.flow_id is None:
            _publish(row, draft)
            draft.save()
    row.state, row.finished_at = QuestionnaireState.FINISHED, timezone.now()
    row.save(update_fields=["state", "finished_at", "updated_at"])
    _trace(row, "questionnaire.finished", _("Questionnaire terminé par %(site)s"))
    return row


@transaction.atomic
def refuse(*, visit: Visit, reason: str, for_good: bool) -> Questionnaire:
    """The establishment does not want to answer; `for_good`: its contact is not written to any more."""
    row = _locked(visit)
    _check_sees_all(visit)
    now = timezone.now()
    row.state, row.refused_at, row.refusal_reason = QuestionnaireState.REFUSED, now, reason
    row.opened_at = row.opened_at or now
    row.save(update_fields=["state", "refused_at", "refusal_reason", "opened_at", "updated_at"])
    if for_good and row.contact is not None and row.contact.unsubscribed_at is None:
        row.contact.unsubscribed_at = now
        row.contact.save(update_fields=["unsubscribed_at", "updated_at"])
    _trace(row, "questionnaire.refused", _("Questionnaire refusé par %(site)s"))
    return row


@transaction.atomic
def send_code(*, questionnaire: Questionnaire) -> str:
    """Mails a six-digit code to the questionnaire's own address; returns the code's keyed hash for the session.

    Raises TooManyAttempts above five codes an hour.
    """
    attempts.take(SEND_SCOPE, str(questionnaire.uuid), limit=CODES_PER_HOUR, window=timedelta(hours=1))
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    subject, body = code_mail(questionnaire)
    queue_mail(
        key=f"questionnaire-code:{questionnaire.uuid}:{secrets.token_hex(8)}",
        recipient=questionnaire.recipient,
        subject=subject,
        body=body,
        demarche=questionnaire.demarche,
        secrets={"code": code},
    )
    return _code_hash(questionnaire, code)


def check_code(*, questionnaire: Questionnaire, code: str, expected: str, sent_at: float) -> None:
    """Accepts the code sent by mail within ten minutes. Raises BusinessError, or TooManyAttempts after five tries."""
    attempts.take(CODE_SCOPE, str(questionnaire.uuid), limit=CODE_TRIES)
    is_late = timezone.now().timestamp() - sent_at > CODE_VALID_FOR.total_seconds()
    is_right = hmac.compare_digest(_code_hash(questionnaire, code), expected or "-")
    if is_late or not is_right:
        raise BusinessError(
            _("Ce code n’est pas le bon, ou a plus de dix minutes. Vérifiez-le, ou demandez-en un autre."),
            code="wrong_code",
            field="code",
        )
    attempts.clear(CODE_SCOPE, str(questionnaire.uuid))


def _code_hash(questionnaire: Questionnaire, code: str) -> str:
    digits = "".join(char for char in code if char.isdigit())
    return attempts.hashed(CODE_SCOPE, f"{questionnaire.uuid}:{digits}")


def _locked(visit: Visit) -> Questionnaire:
    """The questionnaire, held for the length of the transaction: two devices write one after the other."""
    return (
        Questionnaire.objects.select_for_update(of=("self",))
        .select_related("establishment__demarche", "demarche", "contact")
        .get(pk=visit.questionnaire.pk)
    )


def _check_sees_all(visit: Visit) -> None:
    if visit.has_hidden():
        raise BusinessError(
            _("Des réponses ont été données depuis un autre appareil\u00a0: demandez le code pour les revoir d’abord."),
            code="code_needed",
        )


def _mark_started(row: Questionnaire) -> None:
    if row.state in (QuestionnaireState.FINISHED, QuestionnaireState.STARTED):
        return
    now = timezone.now()
    row.state = QuestionnaireState.STARTED
    row.opened_at = row.opened_at or now
    row.started_at = row.started_at or now
    row.refused_at, row.refusal_reason = None, ""
    row.save(update_fields=["state", "opened_at", "started_at", "refused_at", "refusal_reason", "updated_at"])
    _trace(row, "questionnaire.started", _("Questionnaire commencé par %(site)s"))


def _publish(row: Questionnaire, draft: AnswerDraft) -> None:
    values = flow_values(draft.values)
    if draft.flow is None:
        draft.flow = create_flow(actor=None, establishment=row.establishment, provenance=Provenance.QUESTIONNAIRE, **values)
    elif draft.flow.state == FlowState.ACTIVE:
        draft.flow.demarche = row.demarche
        draft.flow = change_flow(actor=None, flow=draft.flow, version=draft.flow.version, **values)


def flow_values(stored: dict) -> dict:
    """What a draft holds (JSON), as the columns of a flow."""
    values = {name: value for name, value in stored.items() if name not in SCREEN_ONLY}
    for name in DECIMALS:
        if name in values:
            values[name] = Decimal(values[name]) if values[name] not in (None, "") else None
    for name in DATES:
        if name in values:
            values[name] = date.fromisoformat(values[name]) if values[name] else None
    if "months" in stored:
        values["monthly_profile"] = profile_of_months(stored["months"])
    if "resource" in values:
        values["resource"] = Resource.objects.filter(code=values["resource"]).first() if values["resource"] else None
    return values


def _trace(row: Questionnaire, verb: str, summary: str) -> None:
    record(
        verb=verb,
        summary=summary % {"site": row.establishment.name},
        demarche=row.demarche,
        target=row,
        data={"by": "personal link"},
    )
