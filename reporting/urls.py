"""Addresses of the dashboard, the indicators and the reports."""

from django.urls import path

from reporting import views

app_name = "reporting"

urlpatterns = [
    path("d/<slug:slug>/tableau-de-bord/", views.dashboard, name="dashboard"),
    path("d/<slug:slug>/indicateurs/", views.indicator_list, name="indicator_list"),
    path("d/<slug:slug>/rapports/", views.report_list, name="report_list"),
    path("d/<slug:slug>/rapports/nouveau/", views.report_create, name="report_create"),
    path("d/<slug:slug>/rapports/<uuid:uuid>/", views.report_detail, name="report_detail"),
    path("d/<slug:slug>/rapports/<uuid:uuid>/figer/", views.report_build, name="report_build"),
    path("d/<slug:slug>/rapports/<uuid:uuid>/rapport.pdf", views.report_pdf, name="report_pdf"),
    path("d/<slug:slug>/rapports/<uuid:uuid>/donnees.json", views.report_data, name="report_data"),
    path("d/<slug:slug>/rapports/<uuid:uuid>/transmettre/", views.report_transmit, name="report_transmit"),
]
