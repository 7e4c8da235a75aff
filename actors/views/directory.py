"""The directory of a démarche and its export."""

import csv
import io

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actors import flow_figures, perms, queries
from actors.exports import directory_rows
from actors.filters import DirectoryFilter
from actors.models import Establishment
from eit_platform.common.htmx import render_part
from eit_platform.common.pagination import keyset_page
from territories.access import demarche_page

ORDER = ["folded_name", "id"]


def _scope(request):
    return Establishment.objects.visible_to(request.user).in_demarche(request.access.demarche).open()


@require_safe
@demarche_page(allow=perms.read_directory)
def directory(request, slug):
    """Who is in the territory: search, filters, keyset pages by name."""
    with_mobilisation = perms.read_mobilisation(request.access)
    chosen = DirectoryFilter.read(request.GET, with_mobilisation=with_mobilisation)
    everyone = _scope(request)
    facets = queries.facets(everyone, with_mobilisation=with_mobilisation)
    found = chosen.apply(everyone, request.user) if chosen.is_active else everyone
    related = ["organisation", "commune", "naf", "headcount", *(["engagement"] if with_mobilisation else [])]
    page = keyset_page(found.select_related(*related), order=ORDER, cursor=request.GET.get("page", ""))
    flows = flow_figures.counts(request.user, [site.pk for site in page.rows])
    for site in page.rows:
        site.flow_count = flows.get(site.pk, 0)
    context = {
        "page": page,
        "filter": chosen,
        "chips": chosen.chips(facets),
        "facets": facets,
        "found": found.count() if chosen.is_active else facets.total,
        "with_mobilisation": with_mobilisation,
        "with_flows": flow_figures.are_known(),
        "may_add": perms.add_actors(request.access),
        "may_import": perms.import_companies(request.access),
        "may_export": perms.export_directory(request.access),
        "tabs": _tabs(chosen, facets) if with_mobilisation else [],
    }
    return render_part(request, "actors/list.html", context, part="results")


def _tabs(chosen: DirectoryFilter, facets: queries.Facets) -> list[dict]:
    return [
        {"label": _("Tous"), "url": chosen.address(driving=""), "count": facets.total, "current": not chosen.driving},
        {
            "label": _("Acteurs moteurs"),
            "url": chosen.address(driving="yes"),
            "count": facets.driving,
            "current": bool(chosen.driving),
        },
    ]


@require_safe
@demarche_page(allow=perms.export_directory)
def export(request, slug) -> HttpResponse:
    """The filtered list as CSV for a French spreadsheet: semicolons, UTF-8 with its mark, no cell read as a formula."""
    chosen = DirectoryFilter.read(request.GET, with_mobilisation=True)
    found = chosen.apply(_scope(request), request.user).for_lists().order_by(*ORDER)
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(directory_rows(found))
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"acteurs-{request.access.demarche.slug}.csv")
    return response
