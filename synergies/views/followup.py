"""Pages of synergies: the list by stage, and the sheet from which each is moved on."""

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eit_platform.common.exceptions import BusinessError, StaleVersion
from eit_platform.common.htmx import render_part
from eit_platform.common.pagination import keyset_page
from eit_platform.common.scoping import posted_version
from operations.idempotency import once_per_form
from synergies import perms
from synergies.counterparts import shown_title, with_readers_mask
from synergies.enums import SILENCE_DAYS, STAGE_ORDER, SynergyStage
from synergies.forms.followup import ALL, NextStepForm, NoteForm, StageForm, StopForm, SynergyFilter
from synergies.models import Synergy
from synergies.services import followup as services
from synergies.synergy_sheet import synergy_sheet
from territories.access import demarche_page

RANKS = (*STAGE_ORDER, SynergyStage.PAUSED, SynergyStage.DROPPED)


def _synergies(request):
    visible = Synergy.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return with_readers_mask(visible, request.user)


@require_safe
@demarche_page(allow=perms.read_synergies)
def synergy_list(request, slug):
    """Synergies by stage, the most advanced first; a company reads its own, the élu(e) those that run."""
    form = SynergyFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"stage": "", "family": "", "late": False, "q": ""}
    team, today = request.access.is_team, timezone.localdate()
    everything = Synergy.objects.visible_to(request.user).in_demarche(request.access.demarche)
    counts = everything.order_by().aggregate(
        total=Count("pk"),
        running=Count("pk", filter=Q(stage__in=[SynergyStage.RUNNING, SynergyStage.SUSTAINED])),
        late=Count("pk", filter=_late(today)),
    )
    page = keyset_page(
        _filtered(_synergies(request), chosen, team, today).select_related("next_step_owner"),
        order=["-rank", "-stage_since", "-id"],
        cursor=request.GET.get("page", ""),
    )
    for synergy in page.rows:
        synergy.shown_title = shown_title(request.access, synergy)
        synergy.is_late = bool(synergy.next_step_due and synergy.next_step_due < today)
        silent = (today - synergy.last_activity_on).days
        synergy.silent_days = silent if not synergy.is_late and silent > SILENCE_DAYS.get(synergy.stage, 10**6) else 0
    context = {
        "page": page,
        "form": form,
        "counts": counts,
        "team": team,
        "followed": perms.follow_synergies(request.access),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render_part(request, "synergies/synergy_list.html", context, part="list")


def _late(today) -> Q:
    return Q(next_step_due__lt=today) & ~Q(stage__in=[SynergyStage.DROPPED, SynergyStage.PAUSED])


def _filtered(synergies, chosen: dict, team: bool, today):
    # Dropped ones come last, and on request only.
    order = {stage: rank for rank, stage in enumerate(reversed(RANKS))} | {
        stage: 10 + rank for rank, stage in enumerate(STAGE_ORDER)
    }
    ranks = [When(stage=stage, then=Value(rank)) for stage, rank in order.items()]
    synergies = synergies.annotate(rank=Case(*ranks, default=Value(0), output_field=IntegerField()))
    if chosen["stage"] in SynergyStage.values:
        synergies = synergies.filter(stage=chosen["stage"])
    elif chosen["stage"] != ALL:
        synergies = synergies.exclude(stage=SynergyStage.DROPPED)
    if chosen["family"]:
        synergies = synergies.filter(family=chosen["family"])
    # Words and due dates are the team's: filtering by them would tell others what they may not read.
    if team and chosen["late"]:
        synergies = synergies.filter(_late(today))
    if team and chosen["q"]:
        synergies = synergies.filter(title__icontains=chosen["q"])
    return synergies


def _forms(request, synergy: Synergy) -> dict:
    version = {"version": synergy.version}
    step = {name: getattr(synergy, name) for name in ("next_step", "next_step_due", "waiting_on")}
    owner = str(synergy.next_step_owner.uuid) if synergy.next_step_owner else ""
    return {
        "step_form": NextStepForm(initial=version | step | {"next_step_owner": owner}, access=request.access),
        "stage_form": StageForm(initial=version | {"stage": synergy.stage}, prefix="etape"),
        "stop_form": StopForm(initial=version, prefix="arret"),
        "note_form": NoteForm(prefix="note"),
    }


def _page(request, synergy: Synergy, *, status: int = 200, stale: bool = False, **bound):
    access = request.access
    forms = _forms(request, synergy) if perms.follow_synergies(access) else {}
    context = {
        "synergy": synergy,
        "sheet": synergy_sheet(access, synergy),
        "may_follow": perms.follow_synergies(access),
        "may_decide": perms.decide_synergies(access),
        "stale": stale,
        "warnings": services.stage_warnings(synergy) if perms.follow_synergies(access) else [],
        **forms,
        **bound,
    }
    return render(request, "synergies/synergy_detail.html", context, status=status)


def _synergy_or_404(request, uuid) -> Synergy:
    return get_object_or_404(_synergies(request).select_related("next_step_owner", "lead", "demarche"), uuid=uuid)


@require_safe
@demarche_page(allow=perms.read_synergies)
def synergy_detail(request, slug, uuid):
    """One synergy: where it stands, who, what comes next, what it brings."""
    return _page(request, _synergy_or_404(request, uuid))


def _answer(request, slug, uuid, *, name: str, form, verb, done: str):
    """Runs the verb when the form holds; else shows the sheet again with what was typed."""
    if form.is_valid():
        synergy = _synergy_or_404(request, uuid)
        try:
            verb(synergy, form)
        except StaleVersion as conflict:
            current = _synergy_or_404(request, uuid)
            form.add_error(None, conflict.message)
            form.data = form.data.copy()
            form.data[form.add_prefix("version")] = current.version
            return _page(request, current, status=409, stale=True, **{name: form})
        except BusinessError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, done)
            return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)
    return _page(request, _synergy_or_404(request, uuid), status=422, **{name: form})


@require_POST
@demarche_page(allow=perms.follow_synergies)
@once_per_form
def synergy_next_step(request, slug, uuid):
    """Sets the next step, or marks it as done."""
    if request.POST.get("action") == "done":
        return _complete(request, slug, uuid)

    def verb(synergy, form):
        data = form.cleaned_data
        services.set_next_step(
            actor=request.user,
            synergy=synergy,
            version=data["version"],
            text=data["next_step"],
            owner=form.owner(),
            due=data["next_step_due"],
            waiting_on=data["waiting_on"],
        )

    form = NextStepForm(request.POST, access=request.access)
    return _answer(request, slug, uuid, name="step_form", form=form, verb=verb, done=_("Prochaine action enregistrée."))


def _complete(request, slug, uuid):
    synergy = _synergy_or_404(request, uuid)
    try:
        services.complete_next_step(actor=request.user, synergy=synergy, version=posted_version(request))
    except BusinessError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("C’est fait. Notez la suite pour que la synergie ne s’arrête pas là."))
    return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)


@require_POST
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def synergy_stage(request, slug, uuid):
    """Moves the synergy to another stage."""

    def verb(synergy, form):
        data = form.cleaned_data
        services.move_stage(
            actor=request.user,
            synergy=synergy,
            version=data["version"],
            stage=data["stage"],
            on=data["on"],
            note=data["note"],
        )

    form = StageForm(request.POST, prefix="etape")
    return _answer(request, slug, uuid, name="stage_form", form=form, verb=verb, done=_("Étape enregistrée."))


@require_POST
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def synergy_stop(request, slug, uuid):
    """Puts the synergy on hold or drops it."""

    def verb(synergy, form):
        data = form.cleaned_data
        services.stop_synergy(
            actor=request.user,
            synergy=synergy,
            version=data["version"],
            stage=data["stop"],
            reason=data["reason"],
            note=data["note"],
        )

    form = StopForm(request.POST, prefix="arret")
    return _answer(request, slug, uuid, name="stop_form", form=form, verb=verb, done=_("Arrêt enregistré, avec sa raison."))


@require_POST
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def synergy_resume(request, slug, uuid):
    """Takes a stopped synergy up again."""
    synergy = _synergy_or_404(request, uuid)
    try:
        services.resume_synergy(actor=request.user, synergy=synergy, version=posted_version(request))
    except BusinessError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("La synergie reprend là où elle en était."))
    return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)


@require_POST
@demarche_page(allow=perms.follow_synergies)
@once_per_form
def synergy_note(request, slug, uuid):
    """Adds a line to the journal."""

    def verb(synergy, form):
        services.add_note(actor=request.user, synergy=synergy, text=form.cleaned_data["text"], on=form.cleaned_data["on"])

    form = NoteForm(request.POST, prefix="note")
    return _answer(request, slug, uuid, name="note_form", form=form, verb=verb, done=_("Note ajoutée au journal."))
