"""API v1: each app brings its routes."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from actors import api as actors
from reporting import api as reporting
from synergies.api import flows

app_name = "api"

urlpatterns = [
    path("demarches/<slug:slug>/establishments/", actors.EstablishmentList.as_view(), name="establishment_list"),
    path(
        "demarches/<slug:slug>/establishments/<uuid:uuid>/", actors.EstablishmentDetail.as_view(), name="establishment_detail"
    ),
    path("demarches/<slug:slug>/contacts/", actors.ContactList.as_view(), name="contact_list"),
    path("demarches/<slug:slug>/dashboard/", reporting.Dashboard.as_view(), name="dashboard"),
    path("demarches/<slug:slug>/reports/", reporting.ReportList.as_view(), name="report_list"),
    path("demarches/<slug:slug>/reports/<uuid:uuid>/", reporting.ReportDetail.as_view(), name="report_detail"),
    path("demarches/<slug:slug>/flows/", flows.FlowList.as_view(), name="flow_list"),
    path("demarches/<slug:slug>/flows/<uuid:uuid>/", flows.FlowDetail.as_view(), name="flow_detail"),
    path("demarches/<slug:slug>/flows/<uuid:uuid>/archive/", flows.FlowArchive.as_view(), name="flow_archive"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
