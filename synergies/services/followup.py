"""Moving a synergy on: next steps, stages, stops, notes. Every change leaves a line in its journal."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.formats import long_date
from eit_platform.common.scoping import save_version
from operations.audit import record
from synergies.enums import STAGE_ORDER, Reason, SynergyStage
from synergies.models import JournalEntry, JournalKind, Synergy
from territories.enums import TEAM_ROLES
from territories.models import Membership

STEP_FIELDS = ["next_step", "next_step_owner", "next_step_due", "waiting_on"]
STAGE_FIELDS = ["stage", "furthest_stage", "stage_since", "started_on"]
STOP_FIELDS = ["stage", "stage_since", "stop_reason", "stop_note", "resume_stage", "ended_on"]
STOPPED = (SynergyStage.DROPPED, SynergyStage.PAUSED)


@transaction.atomic
def set_next_step(*, actor, synergy: Synergy, version: int, text: str, owner=None, due=None, waiting_on: str = "") -> Synergy:
    """Says what comes next, who does it, by when, and whose answer is awaited.

    The owner is of the team of the démarche. Raises StaleVersion when somebody saved the synergy since `version`.
    """
    text, waiting_on = text.strip(), waiting_on.strip()
    if not text:
        raise BusinessError(_("Dites ce qu’il y a à faire."), code="no_step", field="next_step")
    if owner is not None and not _is_of_the_team(owner, synergy):
        raise BusinessError(_("Cette personne n’est pas de l’équipe de la démarche."), code="owner", field="next_step_owner")
    if synergy.stage == SynergyStage.DROPPED:
        raise BusinessError(_("Cette synergie est abandonnée : reprenez-la d’abord."), code="dropped", field="next_step")
    synergy.next_step, synergy.next_step_owner, synergy.next_step_due = text[:300], owner, due
    synergy.waiting_on = waiting_on[:200]
    _save(synergy, version, STEP_FIELDS)
    details = [synergy.next_step]
    if owner is not None:
        details.append(owner.full_name)
    if due is not None:
        details.append(_("pour le %(day)s") % {"day": long_date(due)})
    _journal(synergy, actor, JournalKind.NEXT_STEP, " · ".join(details))
    _trail(synergy, actor, "synergy.next_step_set", _("Prochaine action de la synergie %(number)s : %(text)s"), text=text)
    return synergy


@transaction.atomic
def complete_next_step(*, actor, synergy: Synergy, version: int, note: str = "") -> Synergy:
    """Marks the next step as done: it goes to the journal, and a new one is to be set."""
    if not synergy.next_step:
        raise BusinessError(_("Aucune action n’est en cours."), code="no_step")
    done = synergy.next_step
    synergy.next_step, synergy.next_step_owner, synergy.next_step_due, synergy.waiting_on = "", None, None, ""
    _save(synergy, version, STEP_FIELDS)
    text = _("Fait : %(step)s") % {"step": done}
    _journal(synergy, actor, JournalKind.NEXT_STEP, f"{text}. {note.strip()}" if note.strip() else text)
    _trail(synergy, actor, "synergy.next_step_done", _("Action faite sur la synergie %(number)s : %(text)s"), text=done)
    return synergy


@transaction.atomic
def move_stage(*, actor, synergy: Synergy, version: int, stage: str, on: date | None = None, note: str = "") -> Synergy:
    """Moves the synergy to any of the six stages, forward or back, on a day not ahead (today by default).

    `furthest_stage` only goes forward: it is what funnels count. `started_on` is the first day of « mise en œuvre ».
    """
    on = on or timezone.localdate()
    if stage not in STAGE_ORDER:
        raise BusinessError(_("Choisissez une des six étapes."), code="stage", field="stage")
    if synergy.stage in STOPPED:
        raise BusinessError(_("Cette synergie est arrêtée : reprenez-la d’abord."), code="stopped", field="stage")
    if on > timezone.localdate():
        raise BusinessError(_("Cette date est à venir."), code="date_ahead", field="on")
    if on < synergy.opened_on:
        raise BusinessError(
            _("La synergie a été ouverte le %(day)s : l’étape ne peut pas être plus ancienne.")
            % {"day": long_date(synergy.opened_on)},
            code="date_before_opening",
            field="on",
        )
    if stage == synergy.stage:
        return synergy
    before = synergy.stage
    synergy.stage, synergy.stage_since = stage, on
    synergy.furthest_stage = max(synergy.furthest_stage, stage, key=STAGE_ORDER.index)
    if STAGE_ORDER.index(stage) >= STAGE_ORDER.index(SynergyStage.RUNNING) and synergy.started_on is None:
        synergy.started_on = on
    _save(synergy, version, STAGE_FIELDS)
    _journal(synergy, actor, JournalKind.STAGE, note.strip(), on=on, from_stage=before, to_stage=stage)
    _trail(
        synergy,
        actor,
        "synergy.stage_moved",
        _("Synergie %(number)s : %(text)s"),
        text=SynergyStage(stage).label,
        data={"from": before, "to": stage},
    )
    return synergy


@transaction.atomic
def stop_synergy(*, actor, synergy: Synergy, version: int, stage: str, reason: str, note: str = "") -> Synergy:
    """Drops the synergy or puts it on hold, always with a reason; the stage it had is kept to come back to."""
    if stage not in STOPPED:
        raise BusinessError(_("Dites si elle est abandonnée ou en pause."), code="stage", field="stop")
    if reason not in Reason.values:
        raise BusinessError(_("Dites pourquoi, parmi les huit raisons."), code="no_reason", field="reason")
    today, before = timezone.localdate(), synergy.stage
    if before not in STOPPED:
        synergy.resume_stage = before
    synergy.stage, synergy.stage_since, synergy.stop_reason, synergy.stop_note = stage, today, reason, note.strip()[:400]
    synergy.ended_on = today if stage == SynergyStage.DROPPED else None
    _save(synergy, version, STOP_FIELDS)
    said = Reason(reason).label
    _journal(
        synergy,
        actor,
        JournalKind.STAGE,
        f"{said}. {synergy.stop_note}" if synergy.stop_note else str(said),
        from_stage=before,
        to_stage=stage,
    )
    _trail(
        synergy,
        actor,
        "synergy.stopped",
        _("Synergie %(number)s : %(text)s"),
        text=f"{SynergyStage(stage).label} ({said})",
        data={"stage": stage, "reason": reason},
    )
    return synergy


@transaction.atomic
def resume_synergy(*, actor, synergy: Synergy, version: int, note: str = "") -> Synergy:
    """Takes a stopped synergy up again at the stage it had; the reason of the stop stays in the journal."""
    if synergy.stage not in STOPPED:
        raise BusinessError(_("Cette synergie n’est pas arrêtée."), code="not_stopped")
    before = synergy.stage
    synergy.stage = synergy.resume_stage or SynergyStage.LEAD
    synergy.stage_since, synergy.ended_on = timezone.localdate(), None
    synergy.stop_reason = synergy.stop_note = synergy.resume_stage = ""
    _save(synergy, version, STOP_FIELDS)
    _journal(synergy, actor, JournalKind.STAGE, note.strip(), from_stage=before, to_stage=synergy.stage)
    _trail(
        synergy, actor, "synergy.resumed", _("Synergie %(number)s reprise : %(text)s"), text=SynergyStage(synergy.stage).label
    )
    return synergy


@transaction.atomic
def add_note(*, actor, synergy: Synergy, text: str, on: date | None = None) -> JournalEntry:
    """Writes a line in the journal, of a day not ahead. Notes add up: none overwrites another, so no version is asked."""
    text, today = text.strip(), timezone.localdate()
    if not text:
        raise BusinessError(_("La note est vide."), code="empty", field="text")
    on = on or today
    if on > today:
        raise BusinessError(_("Cette date est à venir."), code="date_ahead", field="on")
    entry = _journal(synergy, actor, JournalKind.NOTE, text, on=on)
    touch(synergy)
    _trail(synergy, actor, "synergy.noted", _("Note sur la synergie %(number)s : %(text)s"), text=text[:120])
    return entry


def touch(synergy: Synergy) -> None:
    """Something happened today: the synergy is not silent. Its version stays, since no field that people edit moved."""
    today = timezone.localdate()
    Synergy.objects.filter(pk=synergy.pk, last_activity_on__lt=today).update(last_activity_on=today)
    synergy.last_activity_on = max(synergy.last_activity_on, today)


def stage_warnings(synergy: Synergy) -> list[str]:
    """What is usually known at this stage and is not: told, never imposed."""
    if synergy.stage not in STAGE_ORDER or synergy.stage == SynergyStage.LEAD:
        return []
    missing = []
    if synergy.yearly_quantity is None:
        missing.append(_("Aucune quantité annuelle n’est connue."))
    if not synergy.next_step and synergy.stage != SynergyStage.SUSTAINED:
        missing.append(_("Aucune prochaine action n’est notée."))
    return missing


def _is_of_the_team(person, synergy: Synergy) -> bool:
    members = Membership.objects.current().filter(demarche_id=synergy.demarche_id, role__in=TEAM_ROLES)
    return members.filter(user=person).exists()


def _save(synergy: Synergy, version: int, fields: list[str]) -> None:
    synergy.last_activity_on = timezone.localdate()
    save_version(synergy, version=version, fields=[*fields, "last_activity_on"])


def _journal(synergy: Synergy, actor, kind: str, text: str, *, on: date | None = None, **stages) -> JournalEntry:
    return JournalEntry.objects.create(
        demarche_id=synergy.demarche_id,
        synergy=synergy,
        kind=kind,
        happened_on=on or timezone.localdate(),
        text=text,
        author=actor if actor is not None and actor.pk else None,
        **stages,
    )


def _trail(synergy: Synergy, actor, verb: str, summary: str, *, text: str, data: dict | None = None) -> None:
    record(
        verb=verb,
        summary=summary % {"number": synergy.number, "text": text},
        actor=actor,
        demarche=synergy.demarche,
        target=synergy,
        data=data or {},
    )
