"""Settings of a démarche, and the operator's desk where démarches are opened."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from eit_platform.common.exceptions import BusinessError, StaleVersion
from territories import perms, services
from territories.access import demarche_page
from territories.forms import DemarcheForm, OpeningForm
from territories.queries import demarches_for_operator


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.change_demarche)
def demarche_settings(request, slug):
    """Name, dates, objectives, calendar of the annual report."""
    demarche = request.access.demarche
    form = DemarcheForm(request.POST or None, instance=demarche, initial={"version": demarche.version})
    stored = None
    if request.method == "POST" and form.is_valid():
        try:
            services.change_demarche(
                actor=request.user,
                demarche=form.save(commit=False),
                version=form.cleaned_data["version"],
                fields=DemarcheForm.Meta.fields,
            )
        except StaleVersion as error:
            stored = error.current
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Réglages enregistrés."))
            return redirect("territories:demarche_settings", slug=slug)
    status = 409 if stored else 422 if form.errors else 200
    return render(request, "territories/demarche_settings.html", {"form": form, "stored": stored}, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def operator_desk(request):
    """The démarches of the platform by name only, and the form that opens a new one."""
    if not perms.open_demarches(request.user):
        raise PermissionDenied
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            demarche = services.open_demarche(actor=request.user, **form.cleaned_data)
        except BusinessError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Démarche « %(name)s » ouverte, invitation envoyée.") % {"name": demarche.name})
            return redirect("territories:operator_desk")
    context = {"form": form, "demarches": demarches_for_operator()}
    return render(request, "territories/operator_desk.html", context, status=422 if form.errors else 200)
