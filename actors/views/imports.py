"""Import of a Sirene file: form, preview, confirmation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors import perms, queries
from actors.enums import ImportCount
from actors.forms import SireneImportForm
from actors.models import SireneImport
from actors.services.imports import confirm_sirene_import, preview_sirene_import
from eit_platform.common.exceptions import BusinessError
from operations.idempotency import once_per_form
from territories.access import demarche_page

SEPARATORS = {",": _("virgule"), ";": _("point-virgule"), "\t": _("tabulation")}
MAIN_COUNTS = (ImportCount.NEW, ImportCount.CHANGED, ImportCount.CLOSING)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.import_companies)
@once_per_form
def new_import(request, slug):
    """Chooses the file and the activities; sending it leads to the preview."""
    demarche = request.access.demarche
    form = SireneImportForm(
        request.POST or None,
        request.FILES or None,
        sections=queries.divisions_by_section(),
        initial={"naf_divisions": demarche.naf_divisions},
    )
    if request.method == "POST" and form.is_valid():
        try:
            preview = preview_sirene_import(demarche=demarche, actor=request.user, **form.cleaned_data)
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("actors:import_detail", slug=slug, uuid=preview.uuid)
    context = {"form": form, "communes": demarche.communes.count()}
    return render(request, "actors/import_new.html", context, status=422 if form.is_bound and form.errors else 200)


def _import_or_404(request, uuid):
    visible = SireneImport.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return get_object_or_404(visible.select_related("author", "demarche"), uuid=uuid)


def _shown(sirene_import) -> dict:
    """The counts by importance, and the format in words."""
    counts = sirene_import.counts
    rest = [code for code in ImportCount if code not in (*MAIN_COUNTS, ImportCount.FAULTY)]
    return {
        "sirene_import": sirene_import,
        "main_counts": [{"label": code.label, "value": counts.get(code, 0), "code": code.value} for code in MAIN_COUNTS],
        "other_counts": [(code.label, counts.get(code, 0)) for code in rest],
        "separator": SEPARATORS.get(sirene_import.separator, sirene_import.separator),
        "faulty": counts.get(ImportCount.FAULTY, 0),
        "hidden_faults": counts.get(ImportCount.FAULTY, 0) - len(sirene_import.faults),
        "changes": sum(counts.get(code, 0) for code in MAIN_COUNTS),
    }


@require_safe
@demarche_page(allow=perms.import_companies)
def import_detail(request, slug, uuid):
    """What the file holds and would change; then, what it changed."""
    return render(request, "actors/import_detail.html", _shown(_import_or_404(request, uuid)) | {"error": ""})


@require_POST
@demarche_page(allow=perms.import_companies)
def import_confirm(request, slug, uuid):
    """Writes it all or nothing; sent twice, it is written once."""
    sirene_import = _import_or_404(request, uuid)
    try:
        confirm_sirene_import(sirene_import=sirene_import, actor=request.user)
    except BusinessError as error:
        context = _shown(_import_or_404(request, uuid)) | {"error": error.message}
        return render(request, "actors/import_detail.html", context, status=error.status_code)
    messages.success(request, _("Le fichier est importé."))
    return redirect("actors:import_detail", slug=slug, uuid=uuid)
