"""Pages that enter, correct and take away the figures of a synergy."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from eit_platform.common.exceptions import BusinessError, StaleVersion
from eit_platform.common.scoping import posted_version
from operations.idempotency import once_per_form
from synergies import perms
from synergies.enums import ImpactIndicator
from synergies.forms.impacts import Co2ImpactForm, DeclaredImpactForm, IndicatorForm, initial_of
from synergies.models import Impact, Synergy, SynergyParty
from synergies.services import impacts as services
from territories.access import demarche_page

PAGE = "synergies/impact_form.html"


def _synergy_or_404(request, uuid) -> Synergy:
    visible = Synergy.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return get_object_or_404(visible.select_related("lead", "demarche"), uuid=uuid)


def _form(request, synergy: Synergy, indicator: str, initial: dict):
    """The form of the indicator, with the parties of the synergy and the resource of what is given."""
    rows = SynergyParty.objects.visible_to(request.user).filter(synergy=synergy)
    parties = list(rows.select_related("establishment", "flow").order_by("pk"))
    given = next((party.flow for party in parties if party.flow and party.flow.resource_id), None)
    kind = Co2ImpactForm if indicator == ImpactIndicator.CO2_AVOIDED else DeclaredImpactForm
    return kind(
        request.POST or None,
        initial=_known(synergy, indicator) | initial,
        indicator=indicator,
        synergy=synergy,
        parties=[party.establishment for party in parties],
        resource_code=given.resource_id if given else "",
    )


def _known(synergy: Synergy, indicator: str) -> dict:
    """What the synergy already says: its yearly quantity and the distance of its lead."""
    known: dict = {}
    if synergy.yearly_quantity is not None and synergy.yearly_unit in ("t", "MWh", "m3"):
        name = "quantity" if indicator == ImpactIndicator.CO2_AVOIDED else "value"
        known = {name: synergy.yearly_quantity.normalize(), "unit": synergy.yearly_unit}
    if synergy.lead and synergy.lead.distance_km is not None:
        known["distance_km"] = Decimal(str(round(synergy.lead.distance_km, 1)))
    return known


def _calculated(form):
    """The calculation of a valid form; None when it is not, the refusal being told on the form."""
    if not form.is_valid():
        return None
    try:
        return form.calculation()
    except BusinessError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


def _page(request, synergy, indicator, form, *, calculation=None, impact=None, status=200, stale=None):
    context = {
        "synergy": synergy,
        "indicator": indicator,
        "label": str(ImpactIndicator(indicator).label).capitalize() if indicator else "",
        "is_co2": indicator == ImpactIndicator.CO2_AVOIDED,
        "form": form,
        "chooser": IndicatorForm(initial={"indicateur": indicator}),
        "calculation": calculation,
        "terms": calculation.terms if calculation else [],
        "impact": impact,
        "stale": stale,
    }
    partial = request.method == "POST" and request.htmx and not request.htmx.boosted
    return render(request, f"{PAGE}#calculation" if partial else PAGE, context, status=200 if partial else status)


def _wants_preview(request) -> bool:
    return request.POST.get("action") != "save" or bool(request.htmx and not request.htmx.boosted)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def impact_create(request, slug, uuid):
    """Chooses an indicator, works the figure out, then stores it."""
    synergy = _synergy_or_404(request, uuid)
    indicator = request.GET.get("indicateur", "")
    if indicator not in ImpactIndicator.values:
        return _page(request, synergy, "", None)
    form = _form(request, synergy, indicator, {})
    if request.method != "POST":
        return _page(request, synergy, indicator, form)
    calculation = _calculated(form)
    if calculation is None or _wants_preview(request):
        return _page(request, synergy, indicator, form, calculation=calculation, status=200 if calculation else 422)
    data = form.cleaned_data
    try:
        services.record_impact(
            actor=request.user,
            synergy=synergy,
            calculation=calculation,
            year=data["year"],
            is_recurrent=data["is_recurrent"],
            declared_by=data["declared_by"],
        )
    except BusinessError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, synergy, indicator, form, calculation=calculation, status=422)
    messages.success(request, _("Impact enregistré."))
    return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)


def _impact_or_404(request, synergy: Synergy, impact_uuid) -> Impact:
    rows = Impact.objects.visible_to(request.user).filter(synergy=synergy)
    return get_object_or_404(rows.select_related("beneficiary", "synergy__demarche", "demarche"), uuid=impact_uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def impact_edit(request, slug, uuid, impact_uuid):
    """Corrects a figure: it is worked out again from what is typed."""
    synergy = _synergy_or_404(request, uuid)
    impact = _impact_or_404(request, synergy, impact_uuid)
    form = _form(request, synergy, impact.indicator, initial_of(impact))
    if request.method != "POST":
        return _page(request, synergy, impact.indicator, form, impact=impact)
    calculation = _calculated(form)
    if calculation is None or _wants_preview(request):
        status = 200 if calculation else 422
        return _page(request, synergy, impact.indicator, form, calculation=calculation, impact=impact, status=status)
    data = form.cleaned_data
    try:
        services.change_impact(
            actor=request.user,
            impact=impact,
            version=data["version"] or 0,
            calculation=calculation,
            year=data["year"],
            is_recurrent=data["is_recurrent"],
            declared_by=data["declared_by"],
        )
    except StaleVersion as conflict:
        form.add_error(None, conflict.message)
        current = _impact_or_404(request, synergy, impact_uuid)
        form.data = form.data.copy()
        form.data["version"] = current.version
        return _page(
            request, synergy, impact.indicator, form, calculation=calculation, impact=current, status=409, stale=current
        )
    except BusinessError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, synergy, impact.indicator, form, calculation=calculation, impact=impact, status=422)
    messages.success(request, _("Impact corrigé."))
    return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)


@require_POST
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def impact_remove(request, slug, uuid, impact_uuid):
    """Takes a figure away."""
    synergy = _synergy_or_404(request, uuid)
    impact = _impact_or_404(request, synergy, impact_uuid)
    try:
        services.remove_impact(actor=request.user, impact=impact, version=posted_version(request))
    except BusinessError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Impact retiré."))
    return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)


@require_POST
@demarche_page(allow=perms.decide_synergies)
@once_per_form
def impact_expect(request, slug, uuid):
    """Notes the yearly quantity of the synergy as its expected impacts."""
    try:
        written = services.expect_quantities(actor=request.user, synergy=_synergy_or_404(request, uuid))
    except BusinessError as refusal:
        messages.error(request, refusal.message)
    else:
        words = _("Quantité attendue enregistrée.") if written else _("Ces impacts étaient déjà notés.")
        messages.success(request, words)
    return redirect("synergies:synergy_detail", slug=slug, uuid=uuid)
