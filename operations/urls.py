"""Addresses of the operations pages."""

from django.conf import settings
from django.urls import path

from operations import views

app_name = "operations"

urlpatterns = [
    path("sante/", views.healthcheck, name="health"),
    path("d/<slug:slug>/travaux/", views.job_list, name="job_list"),
    path("d/<slug:slug>/travaux/<uuid:uuid>/", views.job_detail, name="job_detail"),
    path("d/<slug:slug>/travaux/<uuid:uuid>/annuler/", views.job_cancel, name="job_cancel"),
    path("d/<slug:slug>/travaux/<uuid:uuid>/relancer/", views.job_retry, name="job_retry"),
    path("d/<slug:slug>/journal/", views.audit, name="audit"),
]

if settings.DEMO_MAILBOX:
    urlpatterns += [
        path("boite-aux-lettres/", views.mailbox_list, name="mailbox"),
        path("boite-aux-lettres/<uuid:uuid>/", views.mailbox_message, name="mailbox_message"),
    ]
