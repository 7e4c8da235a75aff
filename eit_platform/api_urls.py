"""API v1: each app brings its routes."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from actors import api as actors
from eit_platform.api_docs import docs
from reporting import api as reporting
from synergies.api import flows, followup, leads

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
    path("demarches/<slug:slug>/leads/", leads.LeadList.as_view(), name="lead_list"),
    path("demarches/<slug:slug>/leads/<uuid:uuid>/", leads.LeadDetail.as_view(), name="lead_detail"),
    path("demarches/<slug:slug>/leads/<uuid:uuid>/keep/", leads.LeadKeep.as_view(), name="lead_keep"),
    path("demarches/<slug:slug>/synergies/", followup.SynergyList.as_view(), name="synergy_list"),
    path("demarches/<slug:slug>/synergies/<uuid:uuid>/", followup.SynergyDetail.as_view(), name="synergy_detail"),
    path("demarches/<slug:slug>/synergies/<uuid:uuid>/stage/", followup.SynergyStageChange.as_view(), name="synergy_stage"),
    path(
        "demarches/<slug:slug>/synergies/<uuid:uuid>/next-step/", followup.SynergyNextStep.as_view(), name="synergy_next_step"
    ),
    path("docs/", docs, name="docs"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
