"""Where a request comes from."""

from django.conf import settings


def client_ip(request) -> str:
    """The caller's address; behind N trusted proxies, the N-th from the end of X-Forwarded-For."""
    trusted = settings.TRUSTED_PROXY_COUNT
    if trusted:
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= trusted:
            return chain[-trusted]
    return request.META.get("REMOTE_ADDR", "")
