"""Addresses of the platform: page paths in French without accents, API paths in English."""

from django.conf import settings
from django.urls import include, path

from eit_platform.common.styleguide import styleguide

handler400 = "eit_platform.common.errors.bad_request"
handler403 = "eit_platform.common.errors.permission_denied"
handler404 = "eit_platform.common.errors.not_found"
handler500 = "eit_platform.common.errors.server_error"

urlpatterns = [
    path("", include("workspace.urls")),
    path("", include("territories.urls")),
    path("", include("operations.urls")),
    path("d/<slug:slug>/", include("actors.urls")),
    path("", include("synergies.urls")),
    path("", include("reporting.urls")),
    path("comptes/2fa/", include("allauth.mfa.urls")),
    path("comptes/sessions/", include("allauth.usersessions.urls")),
    path("comptes/", include("allauth.account.urls")),
    path("api/v1/", include("eit_platform.api_urls")),
]

if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
