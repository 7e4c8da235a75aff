"""Stage of engagement, acteur moteur, exchanges and people of an establishment."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actors import perms
from actors.forms import ChangeContactForm, CompanyInvitationForm, ContactForm, DrivingForm, EngagementForm, InteractionForm
from actors.models import Contact, Engagement
from actors.services import contacts as people
from actors.services import mobilisation
from actors.views.editing import edit
from actors.views.sheets import site_or_404, trail_to
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import posted_version
from operations.idempotency import once_per_form
from territories.access import demarche_page
from territories.enums import Role
from territories.services import invite

READ_WRITE = ["GET", "HEAD", "POST"]


def _page(request, site, *, form, verb, title, done):
    return edit(
        request,
        form=form,
        verb=verb,
        title=title,
        done=done,
        back=reverse("actors:detail", args=[request.access.demarche.slug, site.uuid]),
        trail=trail_to(request, site, title),
    )


def _engagement(request, site) -> Engagement:
    visible = Engagement.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return get_object_or_404(visible.select_related("establishment", "demarche"), establishment=site)


@require_http_methods(READ_WRITE)
@demarche_page(allow=perms.edit_actors)
def engagement(request, slug, uuid):
    """Moves the establishment to a stage, and notes what comes next."""
    site = site_or_404(request, uuid)
    row = _engagement(request, site)
    initial = {
        "stage": row.stage,
        "reason": row.refusal_reason,
        "next_step": row.next_step,
        "next_step_due": row.next_step_due,
        "version": row.version,
    }
    form = EngagementForm(request.POST or None, initial=initial)
    return _page(
        request,
        site,
        form=form,
        verb=lambda: mobilisation.move_engagement(engagement=row, actor=request.user, **form.cleaned_data),
        title=_("Changer l’étape"),
        done=_("Étape enregistrée."),
    )


@require_http_methods(READ_WRITE)
@demarche_page(allow=perms.edit_actors)
def driving(request, slug, uuid):
    """Flags the establishment as acteur moteur."""
    site = site_or_404(request, uuid)
    row = _engagement(request, site)
    initial = {"driving_since": row.driving_since, "driving_until": row.driving_until, "version": row.version}
    form = DrivingForm(request.POST or None, initial=initial)

    def verb():
        data = form.cleaned_data
        mobilisation.set_driving(
            engagement=row,
            actor=request.user,
            version=data["version"],
            since=data["driving_since"],
            until=data["driving_until"],
        )

    return _page(request, site, form=form, verb=verb, title=_("Acteur moteur"), done=_("Enregistré."))


@require_http_methods(READ_WRITE)
@demarche_page(allow=perms.edit_actors)
@once_per_form
def interaction(request, slug, uuid):
    """Notes a call, a visit, a mail."""
    site = site_or_404(request, uuid)
    contacts = Contact.objects.visible_to(request.user).filter(organisation=site.organisation, archived_at=None)
    form = InteractionForm(request.POST or None, contacts=contacts)
    return _page(
        request,
        site,
        form=form,
        verb=lambda: mobilisation.note_interaction(establishment=site, actor=request.user, **form.cleaned_data),
        title=_("Noter un échange"),
        done=_("Échange noté."),
    )


@require_http_methods(READ_WRITE)
@demarche_page(allow=perms.edit_actors)
@once_per_form
def add_contact(request, slug, uuid):
    """Adds a person at the establishment."""
    site = site_or_404(request, uuid)
    form = ContactForm(request.POST or None)
    return _page(
        request,
        site,
        form=form,
        verb=lambda: people.add_contact(establishment=site, actor=request.user, values=form.cleaned_data),
        title=_("Ajouter un interlocuteur"),
        done=_("Interlocuteur ajouté."),
    )


def _contact(request, site, uuid) -> Contact:
    visible = Contact.objects.visible_to(request.user).filter(organisation=site.organisation, archived_at=None)
    return get_object_or_404(visible.select_related("organisation", "demarche"), uuid=uuid)


@require_http_methods(READ_WRITE)
@demarche_page(allow=perms.edit_actors)
def change_contact(request, slug, uuid, contact_uuid):
    """Changes a person's record."""
    site = site_or_404(request, uuid)
    contact = _contact(request, site, contact_uuid)
    initial = {name: getattr(contact, name) for name in [*ContactForm.base_fields, "version"]}
    form = ChangeContactForm(request.POST or None, initial=initial)

    def verb():
        values = dict(form.cleaned_data)
        people.change_contact(contact=contact, actor=request.user, version=values.pop("version"), values=values)

    return _page(request, site, form=form, verb=verb, title=_("Modifier l’interlocuteur"), done=_("Enregistré."))


@require_POST
@demarche_page(allow=perms.edit_actors)
def archive_contact(request, slug, uuid, contact_uuid):
    """Takes a person out of the lists."""
    site = site_or_404(request, uuid)
    contact = _contact(request, site, contact_uuid)
    try:
        people.archive_contact(contact=contact, actor=request.user, version=posted_version(request))
    except BusinessError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Interlocuteur retiré."))
    return redirect("actors:detail", slug=slug, uuid=uuid)


@require_http_methods(READ_WRITE)
@demarche_page(allow=perms.invite_company)
@once_per_form
def invite_person(request, slug, uuid):
    """Offers an account to a person of the company, for this establishment only."""
    site = site_or_404(request, uuid)
    form = CompanyInvitationForm(request.POST or None)

    def verb():
        details = {"establishments": [str(site.uuid)]}
        invite(actor=request.user, demarche=site.demarche, role=Role.COMPANY, details=details, **form.cleaned_data)

    title = _("Ouvrir un compte à une personne")
    return _page(request, site, form=form, verb=verb, title=title, done=_("Invitation envoyée."))
