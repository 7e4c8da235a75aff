"""Pages of leads: sorting them, reading why, deciding, noting one by hand."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eit_platform.common.exceptions import BusinessError, StaleVersion
from eit_platform.common.htmx import render_part
from eit_platform.common.pagination import keyset_page
from eit_platform.common.scoping import posted_version
from operations.idempotency import once_per_form
from operations.models import Job
from synergies import perms
from synergies.enums import LeadState
from synergies.forms.leads import LATER, DecisionForm, LeadFilter, LeadNoteForm
from synergies.models import Lead, MatchingPass, Synergy
from synergies.services import leads as services
from synergies.views.lead_sheet import lead_sheet
from territories.access import demarche_page

TO_SORT = "a-trier"
TABS = (  # value of `etat`, words, states
    (TO_SORT, gettext_lazy("À trier"), (LeadState.NEW,)),
    ("reportees", gettext_lazy("Reportées"), (LeadState.POSTPONED,)),
    ("gardees", gettext_lazy("Gardées"), (LeadState.KEPT,)),
    ("ecartees", gettext_lazy("Écartées"), (LeadState.REFUSED,)),
    ("passees", gettext_lazy("Plus d’actualité"), (LeadState.GONE,)),
)


def _leads(request):
    return Lead.objects.visible_to(request.user).in_demarche(request.access.demarche)


def _of_tab(value: str) -> Q:
    """Leads of a tab; a postponed one whose day has come is to be sorted again."""
    due = Q(state=LeadState.POSTPONED, postponed_until__lte=timezone.localdate())
    states = next(states for tab, _words, states in TABS if tab == value)
    if value == TO_SORT:
        return Q(state__in=states) | due
    return Q(state__in=states) & ~due


@require_safe
@demarche_page(allow=perms.read_leads)
def lead_list(request, slug):
    """Leads to sort first, best score first."""
    form = LeadFilter(request.GET)
    leads = _leads(request)
    if form.is_valid():
        chosen = form.cleaned_data
        if chosen["family"]:
            leads = leads.filter(family=chosen["family"])
        if chosen["kind"]:
            leads = leads.filter(kind=chosen["kind"])
        if chosen["score"]:
            leads = leads.filter(score__gte=chosen["score"] / 100)
    wanted = request.GET.get("etat", TO_SORT)
    current = wanted if wanted in {tab for tab, _words, _states in TABS} else TO_SORT
    counts = leads.order_by().aggregate(**{tab.replace("-", "_"): Count("pk", filter=_of_tab(tab)) for tab, _w, _s in TABS})
    page = keyset_page(leads.filter(_of_tab(current)), order=["-score", "id"], cursor=request.GET.get("page", ""))
    context = {
        "page": page,
        "form": form,
        "state": current,
        "tabs": [_tab(request, tab, words, counts[tab.replace("-", "_")], current) for tab, words, _states in TABS],
        "to_sort": counts["a_trier"],
        "filtered": any(request.GET.get(name) for name in form.fields),
        "may_sort": perms.sort_leads(request.access),
        "last_pass": MatchingPass.objects.visible_to(request.user)
        .in_demarche(request.access.demarche)
        .filter(is_current=True)
        .first(),
        "search": _last_search(request),
    }
    return render_part(request, "synergies/lead_list.html", context, part="list")


def _tab(request, value, words, count, current) -> dict:
    query = request.GET.copy()
    query.pop("page", None)
    query["etat"] = value
    return {"label": words, "url": f"?{query.urlencode()}", "current": value == current, "count": count}


def _last_search(request) -> Job | None:
    """The search that waits, runs or failed, to be shown above the list; a finished one says nothing more."""
    jobs = Job.objects.visible_to(request.user).in_demarche(request.access.demarche)
    job = jobs.filter(kind="synergies.run_matching").select_related("demarche").order_by("-id").first()
    return job if job is not None and job.state != "done" else None


@require_POST
@demarche_page(allow=perms.sort_leads)
def lead_search(request, slug):
    """Asks for a search over all flows."""
    services.ask_for_search(actor=request.user, demarche=request.access.demarche)
    messages.success(request, _("La recherche est demandée\u00a0: les pistes nouvelles arrivent dans la liste."))
    return redirect("synergies:lead_list", slug=slug)


@require_safe
@demarche_page(allow=perms.read_leads)
def lead_detail(request, slug, uuid):
    """Why this lead, what is missing, and what to do with it."""
    lead = get_object_or_404(_leads(request).select_related("decided_by"), uuid=uuid)
    return _page(request, lead, DecisionForm(initial={"version": lead.version}))


def _page(request, lead: Lead, form: DecisionForm, *, status: int = 200, both: bool = False):
    synergy = Synergy.objects.visible_to(request.user).filter(lead=lead).first() if lead.state == LeadState.KEPT else None
    context = {
        "lead": lead,
        "sheet": lead_sheet(lead, request.access.demarche.slug),
        "form": form,
        "stale": both,
        "synergy": synergy,
        "hundred": round(100 * lead.score),
        "may_sort": perms.sort_leads(request.access),
        "may_decide": perms.sort_leads(request.access) and lead.state != LeadState.KEPT,
    }
    return render(request, "synergies/lead_detail.html", context, status=status)


@require_POST
@demarche_page(allow=perms.sort_leads)
@once_per_form
def lead_decide(request, slug, uuid):
    """Keeps, postpones, refuses or takes back a lead."""
    lead = get_object_or_404(_leads(request), uuid=uuid)
    wanted = request.POST.get("decision", "")
    form = DecisionForm(request.POST)
    try:
        if wanted == "keep":
            synergy = services.keep_lead(actor=request.user, lead=lead, version=posted_version(request))
            messages.success(request, _("La piste %(number)s devient une synergie.") % {"number": lead.number})
            return redirect("synergies:synergy_detail", slug=slug, uuid=synergy.uuid)
        if wanted == "reopen":
            services.reopen_lead(actor=request.user, lead=lead, version=posted_version(request))
            messages.success(request, _("La piste %(number)s est de nouveau à trier.") % {"number": lead.number})
            return redirect("synergies:lead_detail", slug=slug, uuid=uuid)
        if form.is_valid():
            return _put_aside(request, slug, lead, form.cleaned_data)
    except StaleVersion as conflict:
        form.add_error(None, conflict.message)
        current = get_object_or_404(_leads(request).select_related("decided_by"), uuid=uuid)
        form.data = form.data.copy()
        form.data["version"] = current.version
        return _page(request, current, form, status=409, both=True)
    except BusinessError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return _page(request, get_object_or_404(_leads(request).select_related("decided_by"), uuid=uuid), form, status=422)


def _put_aside(request, slug, lead: Lead, data: dict):
    if data["decision"] == LATER:
        services.postpone_lead(actor=request.user, lead=lead, until=data["until"], version=data["version"])
        text = _("La piste %(number)s reviendra à cette date.")
    else:
        services.refuse_lead(actor=request.user, lead=lead, reason=data["reason"], note=data["note"], version=data["version"])
        text = _("La piste %(number)s est écartée\u00a0: elle ne sera plus proposée.")
    messages.success(request, text % {"number": lead.number})
    left = _leads(request).filter(_of_tab(TO_SORT)).count()
    if left:
        messages.info(
            request, ngettext("Il reste %(count)d piste à trier.", "Il reste %(count)d pistes à trier.", left) % {"count": left}
        )
    return redirect("synergies:lead_list", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.sort_leads)
@once_per_form
def lead_create(request, slug):
    """Notes by hand a possibility somebody saw."""
    form = LeadNoteForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            lead = services.note_lead(
                actor=request.user,
                demarche=request.access.demarche,
                title=data["title"],
                family=data["family"],
                kind=data["kind"],
                detection=data["detection"],
                flows=form.flows(),
                note=data["note"],
            )
        except BusinessError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Piste %(number)s notée.") % {"number": lead.number})
            return redirect(reverse("synergies:lead_detail", args=[slug, lead.uuid]))
    return render(request, "synergies/lead_form.html", {"form": form}, status=422 if form.errors else 200)
