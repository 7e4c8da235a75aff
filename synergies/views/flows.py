"""Pages of flows: list, sheet, declaration, correction."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.models import Establishment
from eit_platform.common.exceptions import BusinessError, StaleVersion
from eit_platform.common.htmx import render_part
from eit_platform.common.pagination import keyset_page
from eit_platform.common.scoping import posted_version
from eit_platform.common.text import fold
from operations.idempotency import once_per_form
from synergies import perms
from synergies.enums import Direction, Family, FlowState
from synergies.forms.flows import FlowFilter, FlowForm, initial_of
from synergies.forms.wording import WHO_SEES
from synergies.models import Flow
from synergies.services import flows as services
from synergies.services.suggestions import find_resource, suggest_resources, waste_choices
from synergies.views.flow_sheet import sheet
from territories.access import demarche_page

SITE_CHOICES = 30
# Groups of the form that open by themselves, by family of the resource.
OPENED = {
    Family.MATTER: {"waste", "matter"},
    Family.ENERGY: {"energy"},
    Family.WATER: {"matter", "energy"},
    Family.LAND: {"season"},
    Family.EQUIPMENT: {"season"},
}
GROUPS = (  # code, title, fields shown inside
    ("season", gettext_lazy("Saison et dates"), ("months", "available_from", "available_to")),
    (
        "matter",
        gettext_lazy("Matière\u00a0: état, composition"),
        ("physical_state", "form", "composition", "contaminants", "moisture_pct", "lower_heating_value", "minimum_quality"),
    ),
    (
        "energy",
        gettext_lazy("Énergie et horaires\u00a0: température, pression, heures"),
        ("temperature_c", "pressure_bar", "hours_per_year"),
    ),
    ("danger", gettext_lazy("Danger et contraintes"), ("hazard_properties", "adr_class", "sanitary_constraint")),
    (
        "logistics",
        gettext_lazy("Logistique\u00a0: conditionnement, stockage, distance"),
        ("packaging", "storage", "max_distance_km"),
    ),
    (
        "terms",
        gettext_lazy("Aujourd’hui\u00a0: exutoire, coût, contrat"),
        (
            "present_counterpart",
            "treatment_code",
            "present_cost",
            "present_cost_unit",
            "hoped_price",
            "hoped_price_unit",
            "contract_ends_on",
        ),
    ),
    ("more", gettext_lazy("Fourchette et source"), ("quantity_min", "quantity_max", "source_note")),
)
UNITS = {
    "moisture_pct": "%",
    "lower_heating_value": "MWh/t",
    "temperature_c": "°C",
    "pressure_bar": "bar",
    "max_distance_km": "km",
}


def _flows(request):
    return Flow.objects.visible_to(request.user).in_demarche(request.access.demarche).for_lists()


@require_safe
@demarche_page(allow=perms.read_flows)
def flow_list(request, slug):
    """The flows the person may see, newest first."""
    form = FlowFilter(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    rows = _filtered(_flows(request).exclude(state=FlowState.ARCHIVED), wanted)
    page = keyset_page(rows, order=["-id"], cursor=request.GET.get("page", ""))
    site = None
    if wanted.get("etablissement"):
        site = (
            Establishment.objects.visible_to(request.user)
            .in_demarche(request.access.demarche)
            .filter(uuid=wanted["etablissement"])
            .first()
        )
    context = {
        "form": form,
        "page": page,
        "site": site,
        "is_filtered": any(wanted.values()),
        "may_declare": perms.declare_flows(request.access),
        "may_campaign": perms.read_campaigns(request.access),
        "may_send": perms.send_campaigns(request.access),
    }
    return render_part(request, "synergies/flow_list.html", context, part="results")


def _filtered(rows, wanted: dict):
    if wanted.get("sens"):
        rows = rows.filter(direction=wanted["sens"])
    if wanted.get("famille"):
        rows = rows.filter(resource__family=wanted["famille"])
    if wanted.get("etablissement"):
        rows = rows.filter(establishment__uuid=wanted["etablissement"])
    text = (wanted.get("q") or "").strip()
    if text.isdecimal() and len(text) < 8:
        return rows.filter(number=int(text))
    for word in fold(text).split()[:6]:
        rows = rows.filter(
            Q(label__unaccent__icontains=word)
            | Q(resource__folded_label__contains=word)
            | Q(establishment__folded_name__contains=word)
        )
    return rows


@require_safe
@demarche_page(allow=perms.read_flows)
def flow_detail(request, slug, uuid):
    """One flow: what it is, how much, when, who may see it."""
    flow = get_object_or_404(_flows(request).select_related("entered_by"), uuid=uuid)
    context = {
        "flow": flow,
        "groups": sheet(flow, with_terms=perms.read_commercial_terms(request.access, flow)),
        "who_sees": WHO_SEES[flow.confidentiality],
        "may_change": perms.change_flow(request.access, flow) and flow.state != FlowState.ARCHIVED,
    }
    return render(request, "synergies/flow_detail.html", context)


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.declare_flows)
@once_per_form
def flow_create(request, slug):
    """Declares a flow of one establishment, named by `?etablissement=`; without it, asks which."""
    wanted = request.GET.get("etablissement", "")
    sites = Establishment.objects.visible_to(request.user).in_demarche(request.access.demarche).open()
    if not re.fullmatch(r"[0-9a-f-]{36}", wanted):
        return _choose_site(request, sites)
    site = get_object_or_404(sites.select_related("demarche", "organisation", "commune"), uuid=wanted)
    if not perms.declare_flows_of(request.access, site):
        raise PermissionDenied
    initial = {"direction": request.GET.get("sens", Direction.OFFER), "confidentiality": site.demarche.default_confidentiality}
    form = FlowForm(request.POST or None, initial=initial)
    if request.method == "POST" and "chercher" not in request.POST and form.is_valid():
        try:
            flow = services.create_flow(actor=request.user, establishment=site, **_values(form, request))
        except BusinessError as error:
            _tell(form, error)
        else:
            messages.success(request, _("Flux %(number)s enregistré.") % {"number": flow.number})
            return redirect("synergies:flow_detail", slug=slug, uuid=flow.uuid)
    context = _form_context(request, form) | {"site": site, "flow": None, "conflicts": []}
    return render(request, "synergies/flow_form.html", context, status=_status(request, form))


def _choose_site(request, sites):
    """Which establishment? The person's own first when there are few, else by name."""
    if not request.access.is_team:
        sites = sites.filter(accesses__membership__user=request.user, accesses__membership__ended_at=None)
    text = request.GET.get("q", "").strip()
    for word in fold(text).split()[:6]:
        sites = sites.filter(folded_name__contains=word)
    found = list(sites.select_related("commune").order_by("folded_name", "id")[: SITE_CHOICES + 1])
    context = {"q": text, "sites": found[:SITE_CHOICES], "has_more": len(found) > SITE_CHOICES}
    return render(request, "synergies/flow_choose_site.html", context)


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.declare_flows)
def flow_edit(request, slug, uuid):
    """Corrects a flow; when somebody saved it meanwhile, shows both versions and lets one choose."""
    flow = get_object_or_404(_flows(request).select_related("demarche"), uuid=uuid)
    if not perms.change_flow(request.access, flow) or flow.state == FlowState.ARCHIVED:
        raise PermissionDenied
    title, site, stored = str(flow), flow.establishment, initial_of(flow)
    form = FlowForm(request.POST or None, initial=stored)
    conflicts, status = [], None
    if request.method == "POST" and "chercher" not in request.POST and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            services.change_flow(actor=request.user, flow=flow, version=version, **_values(form, request))
        except StaleVersion as stale:
            form, conflicts, status = _after_conflict(form, stale.current), _conflicts(form, stale.current), 409
        except BusinessError as error:
            _tell(form, error)
        else:
            messages.success(request, _("Flux enregistré."))
            return redirect("synergies:flow_detail", slug=slug, uuid=flow.uuid)
    context = _form_context(request, form) | {"site": site, "flow": flow, "title": title, "conflicts": conflicts}
    return render(request, "synergies/flow_form.html", context, status=status or _status(request, form))


@require_POST
@demarche_page(allow=perms.declare_flows)
def flow_archive(request, slug, uuid):
    """Puts a flow away."""
    flow = get_object_or_404(_flows(request).select_related("demarche"), uuid=uuid)
    if not perms.change_flow(request.access, flow):
        raise PermissionDenied
    services.archive_flow(actor=request.user, flow=flow, version=posted_version(request))
    messages.success(request, _("Flux archivé\u00a0: il n’est plus compté ni rapproché."))
    return redirect("synergies:flow_list", slug=slug)


@require_safe
@demarche_page(allow=perms.declare_flows)
def flow_suggest(request, slug):
    """The resources that match the words being typed, as a part of the form."""
    text = request.GET.get("label", "")
    chosen = request.GET.get("resource", "")
    return render(request, "synergies/flow_resource_choices.html", _resource_context(text, chosen))


@require_safe
@demarche_page(allow=perms.declare_flows)
def flow_waste_codes(request, slug):
    """The waste codes that match the digits or words being typed, as a part of the form."""
    chosen = request.GET.get("waste_code", "")
    codes = waste_choices(
        resource=find_resource(request.GET.get("resource", "")), query=request.GET.get("waste_query", ""), chosen=chosen
    )
    return render(request, "synergies/flow_waste_choices.html", {"codes": codes, "chosen": chosen})


def _resource_context(text: str, chosen: str) -> dict:
    found = suggest_resources(text)
    current = find_resource(chosen)
    if current is not None and current not in found:
        found = [current, *found]
    return {"resources": found, "chosen": chosen, "asked": bool(text.strip())}


def _form_context(request, form) -> dict:
    text, chosen = form["label"].value() or "", form["resource"].value() or ""
    code, query = form["waste_code"].value() or "", request.POST.get("waste_query", "")
    resource = find_resource(chosen)
    opened = OPENED.get(resource.family, set()) if resource else set()
    groups = []
    for name, title, fields in GROUPS:
        bounds = [form[field] for field in fields]
        is_open = name in opened or any(bound.errors or bound.value() for bound in bounds)
        groups.append({"title": title, "open": is_open, "fields": [(bound, UNITS.get(bound.name, "")) for bound in bounds]})
    return _resource_context(text, chosen) | {
        "form": form,
        "groups": groups,
        "codes": waste_choices(resource=resource, query=query, chosen=code),
        "chosen_code": re.sub(r"[\s.*]", "", code),
        "waste_query": query,
        "waste_open": "waste" in opened or bool(code) or bool(query) or bool(form["waste_code"].errors),
    }


def _values(form, request) -> dict:
    values = form.values()
    values["resource"] = find_resource(values["resource"])
    # Six digits typed in the search, nothing chosen: they are the code.
    if not values["waste_code"] and re.fullmatch(r"\s*(\d\s*){6}\*?\s*", request.POST.get("waste_query", "")):
        values["waste_code"] = request.POST["waste_query"]
    return values


def _tell(form, error: BusinessError) -> None:
    field = "months" if error.field == "monthly_profile" else error.field
    form.add_error(field if field in form.fields else None, error.message)


def _status(request, form) -> int:
    return 422 if request.method == "POST" and form.errors else 200


def _conflicts(form, current) -> list[dict]:
    """Field by field, what was stored meanwhile and what was typed here, where they differ."""
    stored = initial_of(current)
    rows = []
    for bound in form.visible_fields():
        theirs, ours = stored.get(bound.name), form.cleaned_data.get(bound.name)
        if (theirs or "") != (ours or ""):
            rows.append({"label": bound.label, "theirs": _said(bound, theirs), "ours": _said(bound, ours)})
    return rows


def _said(bound, value) -> str:
    if value in (None, "", []):
        return "–"
    choices = {str(code): str(label) for code, label in getattr(bound.field, "choices", [])}
    values = value if isinstance(value, list) else [value]
    return ", ".join(choices.get(str(item), str(bound.field.prepare_value(item))) for item in values)


def _after_conflict(form, current):
    """The same form, what was typed kept, that now knows the stored version: saving again is a choice."""
    data = form.data.copy()
    data["version"] = current.version
    again = FlowForm(data)
    again.is_valid()
    return again
