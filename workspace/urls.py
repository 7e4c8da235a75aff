from django.urls import path

from workspace.views import home, public

app_name = "workspace"

urlpatterns = [
    path("", public.start, name="start"),
    path("demarches/", public.choose, name="choose"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("donnees-personnelles/", public.privacy, name="privacy"),
    path("mentions-legales/", public.legal, name="legal"),
    path("apparence/", public.theme, name="theme"),
    path("d/<slug:slug>/", home.demarche_home, name="home"),
]
