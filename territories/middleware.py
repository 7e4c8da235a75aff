"""Age of sessions, and the second factor asked of those who read companies' data."""

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.utils import timezone

from territories.enums import SECOND_FACTOR_ROLES
from territories.models import User

SEEN_EVERY_SECONDS = 300
EXEMPT = ("/comptes/", "/static/", "/sante/")
TOKENS = "/comptes/jetons/"  # a token reads the démarche too: not before the second factor


class SessionAgeMiddleware:
    """Signs out after 3 h without activity or 12 h in all; writes "last seen" at most every 5 minutes."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            started = request.session.setdefault("started_at", now)
            seen = request.session.get("seen_at", now)
            idle = settings.SESSION_IDLE_LIMIT.total_seconds()
            if now - started > settings.SESSION_COOKIE_AGE or now - seen > idle:
                logout(request)
            elif now - seen > SEEN_EVERY_SECONDS or "seen_at" not in request.session:
                request.session["seen_at"] = now
                User.objects.filter(pk=request.user.pk).update(last_seen_at=timezone.now())
        return self.get_response(request)


class SecondFactorMiddleware:
    """Sends managers, colleagues and network animators to set up a second factor, where it is enforced."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            settings.SECOND_FACTOR_ENFORCED
            and request.user.is_authenticated
            and (not request.path.startswith(EXEMPT) or request.path.startswith(TOKENS))
            and not request.session.get("second_factor_known")
        ):
            from allauth.mfa.utils import is_mfa_enabled

            asked = request.user.memberships.filter(role__in=SECOND_FACTOR_ROLES, ended_at=None).exists()
            if asked and not is_mfa_enabled(request.user):
                return redirect("mfa_index")
            request.session["second_factor_known"] = True
        return self.get_response(request)
