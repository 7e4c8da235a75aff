"""Pages about members: who works on the démarche, invitations, and their acceptance."""

from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eit_platform.common.client import client_ip
from eit_platform.common.exceptions import BusinessError
from operations import attempts
from operations.idempotency import once_per_form
from territories import perms, services
from territories.access import demarche_page
from territories.forms import AcceptanceForm, InvitationForm
from territories.models import Invitation, Membership

INVITATION = "invitation"  # key of the session
ALLAUTH_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_safe
@demarche_page(allow=perms.read_members)
def member_list(request, slug):
    """Who works on the démarche, and who is invited."""
    members = (
        Membership.objects.visible_to(request.user)
        .current()
        .filter(demarche=request.access.demarche)
        .select_related("user")
        .order_by("role", "user__last_name", "user__email")
    )
    invitations = Invitation.objects.visible_to(request.user).pending().filter(demarche=request.access.demarche)
    context = {
        "members": members,
        "invitations": invitations,
        "may_manage": perms.manage_members(request.access),
    }
    return render(request, "territories/member_list.html", context)


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.manage_members)
@once_per_form
def member_invite(request, slug):
    """Offers a role by e-mail."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(actor=request.user, demarche=request.access.demarche, **form.cleaned_data)
        except BusinessError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("territories:member_list", slug=slug)
    return render(request, "territories/member_invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@demarche_page(allow=perms.manage_members)
def invitation_revoke(request, slug, uuid):
    """Closes an invitation still open."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), demarche=request.access.demarche, uuid=uuid)
    services.revoke_invitation(actor=request.user, invitation=invitation)
    messages.success(request, _("Invitation annulée : son lien ne fonctionne plus."))
    return redirect("territories:member_list", slug=slug)


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.manage_members)
def member_end(request, slug, uuid):
    """Asks, then takes a role away."""
    membership = get_object_or_404(
        Membership.objects.visible_to(request.user).current().select_related("user", "demarche"),
        demarche=request.access.demarche,
        uuid=uuid,
    )
    error = ""
    if request.method == "POST":
        try:
            services.end_membership(actor=request.user, membership=membership)
        except BusinessError as refusal:
            error = refusal.message
        else:
            messages.success(request, _("%(person)s n’a plus accès à la démarche.") % {"person": membership.user})
            if membership.user_id == request.user.pk:
                return redirect("workspace:start")
            return redirect("territories:member_list", slug=slug)
    context = {"membership": membership, "error": error}
    return render(request, "territories/member_end.html", context, status=422 if error else 200)


@never_cache
@require_safe
def accept_invitation(request, token):
    """The link of an invitation: its token is exchanged for a place in the session, and leaves the address.

    An altered, expired or used link all answer the same; nothing is consumed.
    """
    caller = client_ip(request)
    attempts.check("invitation", caller, limit=30)
    invitation = services.find_invitation(token)
    if invitation is None:
        attempts.fail("invitation", caller)
        return render(request, "territories/invitation_over.html", status=404)
    request.session[INVITATION] = str(invitation.uuid)
    return redirect("territories:invitation")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request):
    """The invitation whose link was opened in this browser: accepted as oneself, or by opening an account."""
    found = services.pending_invitation(request.session.get(INVITATION))
    if found is None:
        return render(request, "territories/invitation_over.html", status=404)
    if request.user.is_authenticated:
        return _accept_signed_in(request, found)
    initial = {"first_name": found.first_name, "last_name": found.last_name}
    form = AcceptanceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            user, _membership = services.create_account_and_accept(invitation=found, **form.cleaned_data)
        except BusinessError as error:
            form.add_error(error.field, error.message)
        else:
            login(request, user, backend=ALLAUTH_BACKEND)
            return redirect("workspace:home", slug=found.demarche.slug)
    context = {"form": form, "invitation": found}
    return render(request, "territories/invitation_accept.html", context, status=422 if form.errors else 200)


def _accept_signed_in(request, invitation):
    error = ""
    if request.method == "POST":
        try:
            services.accept_invitation(invitation=invitation, user=request.user)
        except BusinessError as refusal:
            error = refusal.message
        else:
            return redirect("workspace:home", slug=invitation.demarche.slug)
    context = {"invitation": invitation, "error": error}
    return render(request, "territories/invitation_confirm.html", context, status=422 if error else 200)
