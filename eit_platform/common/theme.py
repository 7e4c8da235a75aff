"""Light, dark or as the system: the reader's choice, kept in a cookie so that the first paint is right."""

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "theme"
CHOICES = ("light", "dark", "system")
_ONE_YEAR = 365 * 24 * 3600


@require_POST
def set_theme(request):
    """Remember the theme and go back to the page the reader came from; an unknown theme means the system's."""
    origin = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(origin, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(origin if safe else "/")
    chosen = request.POST.get("theme")
    if chosen in ("light", "dark"):
        # The page's own module reads and writes it too: not HttpOnly, and it holds nothing personal.
        response.set_cookie(COOKIE, chosen, max_age=_ONE_YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
