"""The questionnaire by personal link: no account, one thing per screen, kept at each step."""

import re
from datetime import timedelta
from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eit_platform.common.client import client_ip
from eit_platform.common.exceptions import BusinessError
from operations import attempts
from operations.idempotency import once_per_form
from synergies.enums import Direction, Family, QuestionnaireState
from synergies.forms.questionnaires import CodeForm, QuantityForm, RefusalForm, ResourceForm, SeasonForm, WordsForm
from synergies.services import questionnaires as services
from synergies.services.suggestions import find_resource, suggest_resources, usual_flows, waste_choices

SESSION_KEY = "questionnaires"
RESUMES_FOR = timedelta(days=30)
LINK_SCOPE, LINK_TRIES = "personal-link", 30
MINUTES = 8
SHARED_FAMILIES = (Family.SKILL, Family.EQUIPMENT, Family.SERVICE, Family.LOGISTICS, Family.PURCHASE, Family.LAND)
SECTIONS = {
    "trop": {
        "title": gettext_lazy("De quoi avez-vous trop\u202f?"),
        "lede": gettext_lazy(
            "Un déchet, de la chaleur perdue, une place, un surplus. Écrivez comme vous le diriez à un voisin."
        ),
        "label": gettext_lazy("Une chose à la fois\u00a0: une matière, de la chaleur, de l’eau, une place…"),
        "add": gettext_lazy("Ajouter ce surplus"),
        "empty": gettext_lazy("Rien de noté pour l’instant."),
        "direction": Direction.OFFER,
        "directions": (Direction.OFFER,),
        "families": (),
        "next": "besoins",
        "next_label": gettext_lazy("Continuer vers vos besoins"),
    },
    "besoins": {
        "title": gettext_lazy("Que vous manque-t-il\u202f?"),
        "lede": gettext_lazy("Ce que vous achetez cher, loin, ou que vous ne trouvez pas."),
        "label": gettext_lazy("Une chose à la fois\u00a0: une matière, de la chaleur, un local…"),
        "add": gettext_lazy("Ajouter ce besoin"),
        "empty": gettext_lazy("Rien de noté pour l’instant."),
        "direction": Direction.NEED,
        "directions": (Direction.NEED,),
        "families": (),
        "next": "partage",
        "next_label": gettext_lazy("Continuer vers le partage"),
    },
    "partage": {
        "title": gettext_lazy("Que pourriez-vous partager\u202f?"),
        "lede": gettext_lazy("Une formation, un savoir-faire, une machine, un achat groupé\u00a0: ce qui sert à plusieurs."),
        "label": gettext_lazy("Une expertise, un équipement, un service, un achat…"),
        "add": gettext_lazy("Ajouter"),
        "empty": gettext_lazy("Rien de noté pour l’instant."),
        "direction": "",
        "directions": (Direction.OFFER, Direction.NEED),
        "families": SHARED_FAMILIES,
        "next": "",
        "next_label": gettext_lazy("Relire et terminer"),
    },
}
ORDER = ("trop", "besoins", "partage")
STEP_TITLES = {
    "mots": gettext_lazy("Vos mots"),
    "ressource": gettext_lazy("Ce que nous avons compris"),
    "quantite": gettext_lazy("Combien\u202f?"),
    "saison": gettext_lazy("Quand, et qui peut le voir\u202f?"),
}
UNITS = {"temperature_c": "°C", "pressure_bar": "bar", "hours_per_year": "h/an"}


# --- The link and the visit --------------------------------------------------------------------------------------------
@never_cache
@require_safe
def personal_link(request, token):
    """Exchanges the token for this browser's session, then leads to an address without it. Nothing is consumed."""
    caller = client_ip(request)
    attempts.check(LINK_SCOPE, caller, limit=LINK_TRIES)
    link = services.find_link(token)
    if link is None:
        attempts.fail(LINK_SCOPE, caller)
        return _closed(request)
    uuid = str(link.questionnaire.uuid)
    held = request.session.get(SESSION_KEY, {})
    known = held.get(uuid, {})
    held[uuid] = {"mine": [], "unlocked": False} | known | {"link": link.pk}
    request.session[SESSION_KEY] = held
    if not request.user.is_authenticated:
        # The same browser resumes later without a code.
        request.session.set_expiry(int(RESUMES_FOR.total_seconds()))
    return redirect("synergies:questionnaire", uuid=link.questionnaire.uuid)


def _closed(request):
    """One page for every link that opens nothing, so that it tells nothing."""
    return render(request, "synergies/questionnaire_closed.html", status=404)


def visit_page(view):
    """Decorator of the questionnaire's screens: gives `request.visit`, or the neutral page when the link is over."""

    @wraps(view)
    @never_cache
    def page(request, uuid, *args, **kwargs):
        entry = request.session.get(SESSION_KEY, {}).get(str(uuid))
        visit = entry and services.open_visit(
            link_pk=entry["link"], questionnaire_uuid=uuid, mine=entry["mine"], unlocked=entry["unlocked"]
        )
        if not visit:
            return _closed(request)
        request.visit = visit
        return view(request, uuid, *args, **kwargs)

    return page


def _remember(request, **values) -> None:
    """Writes into this visit's part of the session."""
    request.session[SESSION_KEY][str(request.visit.questionnaire.uuid)].update(values)
    request.session.modified = True


def _frame(request, *, percent: int, label: str, drafts=None) -> dict:
    """What every screen shows: who answers, how far, when it was last kept."""
    visit = request.visit
    drafts = list(visit.drafts()) if drafts is None else drafts
    campaign = visit.questionnaire.campaign
    return {
        "visit": visit,
        "questionnaire": visit.questionnaire,
        "site": visit.questionnaire.establishment,
        "demarche": visit.questionnaire.demarche,
        "author": campaign.author if campaign else None,
        "percent": percent,
        "progress_label": label,
        "saved_at": max((draft.updated_at for draft in drafts), default=None),
        "drafts": drafts,
    }


# --- Screens -------------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@visit_page
def welcome(request, uuid):
    """Who asks, why, how long, what happens to the answers."""
    if request.method == "POST":
        services.begin(visit=request.visit)
        return redirect("synergies:questionnaire_section", uuid=uuid, section="trop")
    context = _frame(request, percent=0, label="") | {
        "minutes": MINUTES,
        "has_hidden": request.visit.has_hidden(),
        "is_finished": request.visit.questionnaire.state == QuestionnaireState.FINISHED,
        "is_refused": request.visit.questionnaire.state == QuestionnaireState.REFUSED,
    }
    return render(request, "synergies/questionnaire_welcome.html", context)


@require_http_methods(["GET", "POST"])
@visit_page
@once_per_form
def section(request, uuid, section):
    """One of the three questions: what was noted, a field to add, and what the sector usually has."""
    if section not in SECTIONS:
        raise Http404
    told = SECTIONS[section]
    form = WordsForm(request.POST or None, initial={"direction": told["direction"]})
    if request.method == "POST":
        draft = _add(request, section, form)
        if draft is not None:
            _remember(request, mine=sorted({*request.visit.mine, draft.position}))
            return _to_step(uuid, draft)
    rank = ORDER.index(section) + 1
    context = _frame(request, percent=25 * (rank - 1), label=_progress_label(rank))
    mine = [draft for draft in context["drafts"] if draft.values.get("section") == section]
    context |= {
        "form": form,
        "section": section,
        "told": told,
        "lines": [_line(draft) for draft in mine],
        "chips": _chips(request.visit, told, context["drafts"]),
        "has_hidden": request.visit.has_hidden(),
        "previous_url": reverse("synergies:questionnaire_section", args=[uuid, ORDER[rank - 2]])
        if rank > 1
        else reverse("synergies:questionnaire", args=[uuid]),
        "next_url": reverse("synergies:questionnaire_section", args=[uuid, told["next"]])
        if told["next"]
        else reverse("synergies:questionnaire_review", args=[uuid]),
    }
    return render(request, "synergies/questionnaire_section.html", context, status=422 if form.errors else 200)


def _progress_label(rank: int) -> str:
    return _("Étape %(rank)s sur 4, encore %(minutes)s\u00a0min environ") % {"rank": rank, "minutes": MINUTES - 2 * (rank - 1)}


def _add(request, section: str, form):
    """The answer begun by this POST: a proposal of the sector accepted, or one's own words; None when refused."""
    direction, _sep, code = request.POST.get("proposed", "").partition(":")
    resource = find_resource(code)
    if resource is not None and direction in Direction.values:
        return services.add_answer(visit=request.visit, section=section, direction=direction, resource=resource)
    if not form.is_valid():
        return None
    try:
        return services.add_answer(
            visit=request.visit,
            section=section,
            direction=form.cleaned_data["direction"],
            label=" ".join(form.cleaned_data["label"].split()),
        )
    except BusinessError as error:
        form.add_error(None, error.message)
        return None


def _chips(visit, told, drafts) -> list:
    known = {draft.values.get("resource") for draft in drafts} - {None, ""}
    site = visit.questionnaire.establishment
    return usual_flows(site, directions=told["directions"], families=told["families"], without=known)


def _line(draft) -> dict:
    flow = draft.flow
    return {
        "draft": draft,
        "label": draft.values.get("label", ""),
        "direction": draft.values.get("direction", ""),
        "section": draft.values.get("section", ""),
        "is_done": draft.step == services.DONE,
        "is_proposed": bool(draft.values.get("proposed")),
        "flow": flow,
        "step": "mots" if draft.step == services.DONE else draft.step,
    }


def _to_step(uuid, draft):
    if draft.step == services.DONE:
        return redirect("synergies:questionnaire_section", uuid=uuid, section=draft.values["section"])
    return redirect("synergies:questionnaire_answer", uuid=uuid, position=draft.position, step=draft.step)


@require_http_methods(["GET", "POST"])
@visit_page
def answer(request, uuid, position, step):
    """One screen of one answer; « Continuer » keeps it and goes on."""
    if step not in services.STEPS:
        raise Http404
    draft = get_object_or_404(request.visit.drafts(), position=position)
    form, extra = _screen(request, draft, step)
    searching = "chercher" in request.POST
    if request.method == "POST" and not searching and form.is_valid():
        try:
            draft = services.save_step(visit=request.visit, draft=draft, step=step, values=_typed(request, form))
        except BusinessError as error:
            field = "months" if error.field == "monthly_profile" else error.field
            form.add_error(field if field in form.fields else None, error.message)
        else:
            return _after(uuid, draft, step)
    rank = services.STEPS.index(step) + 1
    section_rank = ORDER.index(draft.values.get("section", "trop")) + 1
    label = _("Étape %(section)s sur 4, écran %(rank)s sur 4") % {"section": section_rank, "rank": rank}
    context = _frame(request, percent=25 * (section_rank - 1) + 5 * rank, label=label) | extra
    context |= {
        "form": form,
        "draft": draft,
        "step": step,
        "title": STEP_TITLES[step],
        "label": draft.values.get("label", ""),
        "direction": draft.values.get("direction", ""),
        "previous_url": _previous(uuid, draft, step),
    }
    status = 422 if request.method == "POST" and form.is_bound and form.errors and not searching else 200
    return render(request, f"synergies/questionnaire_{step}.html", context, status=status)


def _screen(request, draft, step: str):
    """The form of a screen with what it needs to be drawn; a search keeps what was typed, unjudged."""
    values, data = draft.values, request.POST or None
    if step == "mots":
        return WordsForm(data, initial=values), {}
    resource = find_resource(values.get("resource", ""))
    if step == "ressource":
        query = request.POST.get("q", "")
        chosen = request.POST.get("resource", values.get("resource", ""))
        found = suggest_resources(query or values.get("label", ""))
        current = find_resource(chosen)
        if current is not None and current not in found:
            found = [current, *found]
        if not chosen and "resource" not in values and found and not query:
            chosen = found[0].code
        context = {"resources": found, "chosen": chosen, "asked": True, "query": query}
        return ResourceForm(data), context
    if step == "quantite":
        initial = {"period": "year"} | values
        form = QuantityForm(
            data if "chercher" not in request.POST else None,
            initial=initial | request.POST.dict() if "chercher" in request.POST else initial,
            family=resource.family if resource else "",
            base_unit=resource.base_unit if resource else "",
            direction=values.get("direction", ""),
        )
        query, code = request.POST.get("waste_query", ""), request.POST.get("waste_code", values.get("waste_code") or "")
        context = {
            "resource": resource,
            "codes": waste_choices(resource=resource, query=query, chosen=code) if form.asks_waste_code else [],
            "chosen_code": re.sub(r"[\s.*]", "", code),
            "waste_query": query,
            "extra_fields": [(bound, UNITS.get(bound.name, "")) for bound in form.extra_fields],
        }
        return form, context
    confidentiality = request.visit.questionnaire.demarche.default_confidentiality
    return SeasonForm(data, initial={"confidentiality": confidentiality} | values), {}


def _typed(request, form) -> dict:
    values = form.stored()
    if "label" in values:
        values["label"] = " ".join(values["label"].split())
    if "resource" in values and find_resource(values["resource"]) is None:
        values["resource"] = ""
    # Six digits typed in the search, nothing chosen: they are the code.
    if values.get("waste_code") == "" and re.fullmatch(r"\s*(\d\s*){6}\*?\s*", request.POST.get("waste_query", "")):
        values["waste_code"] = request.POST["waste_query"].strip()
    return values


def _after(uuid, draft, step: str):
    following = services.STEPS.index(step) + 1
    if following == len(services.STEPS):
        return redirect("synergies:questionnaire_section", uuid=uuid, section=draft.values.get("section", "trop"))
    return redirect("synergies:questionnaire_answer", uuid=uuid, position=draft.position, step=services.STEPS[following])


def _previous(uuid, draft, step: str) -> str:
    rank = services.STEPS.index(step)
    if rank == 0:
        return reverse("synergies:questionnaire_section", args=[uuid, draft.values.get("section", "trop")])
    return reverse("synergies:questionnaire_answer", args=[uuid, draft.position, services.STEPS[rank - 1]])


@require_safe
@visit_page
def waste_codes(request, uuid):
    """The waste codes that match what is being typed, as a part of the screen."""
    chosen = request.GET.get("waste_code", "")
    codes = waste_choices(
        resource=find_resource(request.GET.get("resource", "")), query=request.GET.get("waste_query", ""), chosen=chosen
    )
    return render(request, "synergies/flow_waste_choices.html", {"codes": codes, "chosen": chosen})


@require_POST
@visit_page
def remove(request, uuid, position):
    """Takes one line back."""
    draft = get_object_or_404(request.visit.drafts(), position=position)
    services.remove_answer(visit=request.visit, draft=draft)
    return redirect("synergies:questionnaire_section", uuid=uuid, section=draft.values.get("section", "trop"))


@require_http_methods(["GET", "POST"])
@visit_page
def review(request, uuid):
    """Everything that was said, before it ends."""
    error = ""
    if request.method == "POST":
        try:
            services.finish(visit=request.visit)
        except BusinessError as refusal:
            error = refusal.message
        else:
            return redirect("synergies:questionnaire_thanks", uuid=uuid)
    context = _frame(request, percent=75, label=_("Étape 4 sur 4"))
    lines = [_line(draft) for draft in context["drafts"]]
    context |= {
        "lines": lines,
        "proposed": sum(1 for line in lines if line["is_proposed"]),
        "error": error,
        "has_hidden": request.visit.has_hidden(),
    }
    return render(request, "synergies/questionnaire_review.html", context, status=422 if error else 200)


@require_safe
@visit_page
def thanks(request, uuid):
    """What happens now."""
    if request.visit.questionnaire.state != QuestionnaireState.FINISHED:
        return redirect("synergies:questionnaire_review", uuid=uuid)
    context = _frame(request, percent=100, label=_("C’est terminé"))
    context["total"] = len([draft for draft in context["drafts"] if draft.flow_id])
    return render(request, "synergies/questionnaire_thanks.html", context)


@require_http_methods(["GET", "POST"])
@visit_page
def refusal(request, uuid):
    """A clear way out: not now, or not any more."""
    form = RefusalForm(request.POST or None)
    is_done = False
    if request.method == "POST" and form.is_valid():
        try:
            services.refuse(visit=request.visit, **form.cleaned_data)
            is_done = True
        except BusinessError as error:
            form.add_error(None, error.message)
    context = _frame(request, percent=0, label="") | {
        "form": form,
        "is_done": is_done,
        "for_good": is_done and form.cleaned_data["for_good"],
        "has_hidden": request.visit.has_hidden(),
    }
    return render(request, "synergies/questionnaire_refusal.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@visit_page
def code(request, uuid):
    """Shows the answers given on another device, once a code sent by mail is typed."""
    visit = request.visit
    entry = request.session[SESSION_KEY][str(uuid)]
    form, status = CodeForm(), 200
    if request.method == "POST" and "envoyer" in request.POST:
        _remember(
            request, code={"hash": services.send_code(questionnaire=visit.questionnaire), "at": timezone.now().timestamp()}
        )
        return redirect("synergies:questionnaire_code", uuid=uuid)
    if request.method == "POST":
        form = CodeForm(request.POST)
        sent = entry.get("code", {})
        if form.is_valid():
            try:
                services.check_code(
                    questionnaire=visit.questionnaire,
                    code=form.cleaned_data["code"],
                    expected=sent.get("hash", ""),
                    sent_at=sent.get("at", 0),
                )
            except BusinessError as error:
                form.add_error("code", error.message)
                status = error.status_code
            else:
                entry.pop("code", None)
                _remember(request, unlocked=True)
                return redirect("synergies:questionnaire_section", uuid=uuid, section="trop")
    name, _at, domain = visit.questionnaire.recipient.partition("@")
    context = _frame(request, percent=0, label="") | {
        "form": form,
        "is_sent": "code" in entry,
        "masked_address": f"{name[:1]}…@{domain}",
    }
    return render(request, "synergies/questionnaire_code.html", context, status=status if form.errors else 200)
