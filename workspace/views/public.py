"""Pages outside a démarche: where one starts, legal pages, appearance."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from territories.enums import Role
from territories.models import Demarche

THEME_AGE = 365 * 24 * 3600


@require_safe
def start(request):
    """Where one starts: the public page, the operator's desk, one's own démarche, or the choice between several."""
    if not request.user.is_authenticated:
        return render(request, "workspace/welcome.html")
    if request.user.is_operator:
        return redirect("territories:operator_desk")
    demarches = list(Demarche.objects.visible_to(request.user).filter(archived_at=None))
    run = {m.demarche_id for m in request.user.memberships.filter(role=Role.MANAGER, ended_at=None)}
    own = [demarche for demarche in demarches if demarche.pk in run and not demarche.is_documentary]
    for candidates in (own, demarches):
        if len(candidates) == 1:
            return redirect("workspace:home", slug=candidates[0].slug)
    return redirect("workspace:choose")


@require_safe
@login_required
def choose(request):
    """The démarches of the person, and those of the networks she or he animates."""
    roles: dict[int, list[str]] = {}
    for membership in request.user.memberships.filter(ended_at=None):
        roles.setdefault(membership.demarche_id or 0, []).append(membership.get_role_display())
    demarches = Demarche.objects.visible_to(request.user).filter(archived_at=None)
    context = {
        "demarches": [(demarche, " · ".join(roles.get(demarche.pk, []))) for demarche in demarches],
        "network_demarches": Demarche.objects.in_network_of(request.user).select_related("network"),
    }
    return render(request, "workspace/start.html", context)


@require_safe
def accessibility(request):
    return render(request, "workspace/accessibility.html")


@require_safe
def privacy(request):
    return render(request, "workspace/privacy.html")


@require_safe
def legal(request):
    return render(request, "workspace/legal.html")


@require_POST
def theme(request):
    """Light, dark or the system's choice, kept in a cookie for a year."""
    target = request.POST.get("next") or request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("theme", "")
    if chosen in ("light", "dark"):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie("theme", chosen, max_age=THEME_AGE, samesite="Lax", secure=secure, httponly=False)
    else:
        response.delete_cookie("theme")
    return response
