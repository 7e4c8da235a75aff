"""API v1: each app brings its routes."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from actors import api as actors

app_name = "api"

urlpatterns = [
    path("demarches/<slug:slug>/establishments/", actors.EstablishmentList.as_view(), name="establishment_list"),
    path(
        "demarches/<slug:slug>/establishments/<uuid:uuid>/", actors.EstablishmentDetail.as_view(), name="establishment_detail"
    ),
    path("demarches/<slug:slug>/contacts/", actors.ContactList.as_view(), name="contact_list"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
