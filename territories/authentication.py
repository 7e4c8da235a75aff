"""API tokens: a program acting for a person, narrowed by scope."""

import hashlib
from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from eit_platform.common.client import client_ip
from operations import attempts
from territories.models import ApiToken


def token_hash(token: str) -> str:
    """SHA-256 of a token, the only form that is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; a token without the scope `write` may only read."""

    keyword = "Bearer"

    def authenticate_header(self, request) -> str:
        return self.keyword

    def authenticate(self, request):
        header = request.headers.get("Authorization", "")
        if not header.startswith(f"{self.keyword} "):
            return None
        caller = client_ip(request)
        attempts.check("api", caller, limit=30, window=timedelta(minutes=15))
        found = ApiToken.objects.live().filter(token_hash=token_hash(header[7:].strip())).select_related("user").first()
        if found is None or not found.user.is_active:
            attempts.fail("api", caller)
            raise AuthenticationFailed("Ce jeton est inconnu, expiré ou révoqué.")
        if request.method not in ("GET", "HEAD", "OPTIONS") and "write" not in found.scopes:
            raise PermissionDenied("Ce jeton ne permet que la lecture.")
        if found.last_used_at is None or (timezone.now() - found.last_used_at).total_seconds() > 300:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
        return found.user, found
