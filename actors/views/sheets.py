"""The sheet of an establishment: read, add one by its SIRET, change."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors import perms, register
from actors.forms import AddEstablishmentForm, ChangeEstablishmentForm
from actors.models import Contact, Engagement, Establishment, Interaction
from actors.services.establishments import add_establishment, change_establishment, values_of
from actors.views.editing import edit
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.htmx import render_part
from operations.idempotency import once_per_form
from territories.access import demarche_page

SITES_SHOWN = 12
CHANGED = ("name", "address", "postal_code", "naf_2025", "latitude", "longitude", "icpe_regime", "surface_m2", "notes")


def site_or_404(request, uuid) -> Establishment:
    """The establishment, among those the person may see in this démarche."""
    visible = Establishment.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return get_object_or_404(visible.select_related("organisation", "commune__epci", "naf", "headcount", "demarche"), uuid=uuid)


def trail_to(request, site, *here: str) -> list[tuple[str, str]]:
    """Breadcrumb from the directory, when the person may open it."""
    slug = request.access.demarche.slug
    start = [(_("Acteurs"), reverse("actors:list", args=[slug]))] if perms.read_directory(request.access) else []
    sheet = (site.name, reverse("actors:detail", args=[slug, site.uuid]) if here else "")
    return [*start, sheet, *((label, "") for label in here)]


@require_safe
@demarche_page(allow=perms.read_sheet)
def detail(request, slug, uuid):
    """Identity, people, mobilisation and exchanges of one establishment, each for who may read it."""
    site = site_or_404(request, uuid)
    user, team = request.user, perms.read_mobilisation(request.access)
    shows_contacts = perms.read_contacts(request.access)
    contacts = Contact.objects.visible_to(user).filter(organisation=site.organisation, archived_at=None)
    others = Establishment.objects.visible_to(user).open().filter(organisation=site.organisation).exclude(pk=site.pk)
    context = {
        "site": site,
        "trail": trail_to(request, site),
        "contacts": list(contacts) if shows_contacts else [],
        "shows_contacts": shows_contacts,
        "others": list(others.select_related("commune")[:SITES_SHOWN]),
        "engagement": Engagement.objects.visible_to(user).filter(establishment=site).first(),
        "interactions": list(
            Interaction.objects.visible_to(user).filter(establishment=site).select_related("author", "contact")[:20]
        ),
        "team": team,
        "may_edit": perms.edit_actors(request.access),
        "may_invite": perms.invite_company(request.access),
        "flows_url": _flows_url(slug, site),
    }
    return render(request, "actors/detail.html", context)


def _flows_url(slug: str, site: Establishment) -> str:
    try:
        return f"{reverse('synergies:flow_list', args=[slug])}?etablissement={site.uuid}"
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.add_actors)
@once_per_form
def add(request, slug):
    """Adds one company; with ?siret= the public register fills the form, and says so when it can't."""
    demarche, typed = request.access.demarche, request.GET.get("siret", "").strip()[:20]
    if request.method == "POST":
        form = AddEstablishmentForm(request.POST, demarche=demarche)
        if form.is_valid():
            try:
                site = add_establishment(demarche=demarche, actor=request.user, values=form.values())
            except BusinessError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                return redirect("actors:detail", slug=slug, uuid=site.uuid)
        return render(request, "actors/add.html", _add_context(form), status=422)
    if not typed:
        return render_part(request, "actors/add.html", _add_context(AddEstablishmentForm(demarche=demarche)), part="sheet")
    initial, context = {"siret": typed}, {"typed": typed}
    try:
        entry = register.look_up(typed)
    except register.RegisterError as error:
        context["problem"] = error.message
    else:
        values = values_of(entry)
        kept = ("siret", "latitude", "longitude", "acronym", "legal_category", "diffusion", "commune_label")
        initial = values | {"siret": entry.siret, "filled": {key: values[key] for key in kept}}
        known = Establishment.objects.visible_to(request.user).in_demarche(demarche).filter(siret=entry.siret).first()
        context |= {"entry": entry, "known": known, "problem": ""}
    form = AddEstablishmentForm(initial=initial, demarche=demarche)
    return render_part(request, "actors/add.html", _add_context(form, **context), part="sheet")


def _add_context(form, **more) -> dict:
    return {"form": form, "typed": "", "problem": "", "entry": None, "known": None} | more


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.edit_actors)
def change(request, slug, uuid):
    """Corrects the sheet; somebody else's change meanwhile is shown beside."""
    site = site_or_404(request, uuid)
    initial = {
        name: getattr(site, name)
        for name in (
            "name",
            "address",
            "postal_code",
            "naf_2025",
            "latitude",
            "longitude",
            "icpe_regime",
            "surface_m2",
            "notes",
        )
    }
    initial |= {"commune": site.commune_id, "naf": site.naf_id, "headcount": site.headcount_id, "version": site.version}
    form = ChangeEstablishmentForm(
        request.POST or None, initial=initial, demarche=request.access.demarche, known_commune=site.commune_id or ""
    )

    def verb():
        values = form.values()
        change_establishment(establishment=site, actor=request.user, version=values.pop("version"), values=values)

    return edit(
        request,
        form=form,
        verb=verb,
        title=_("Modifier la fiche"),
        back=reverse("actors:detail", args=[slug, uuid]),
        done=_("Fiche enregistrée."),
        trail=trail_to(request, site, _("Modifier la fiche")),
    )
