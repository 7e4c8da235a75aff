from django.urls import path

from territories import views

app_name = "territories"

urlpatterns = [
    path("invitation/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("comptes/jetons/", views.token_list, name="token_list"),
    path("comptes/jetons/<uuid:uuid>/revoquer/", views.token_revoke, name="token_revoke"),
    path("d/<slug:slug>/membres/", views.member_list, name="member_list"),
    path("d/<slug:slug>/membres/inviter/", views.member_invite, name="member_invite"),
    path("d/<slug:slug>/membres/<uuid:uuid>/retirer/", views.member_end, name="member_end"),
    path("d/<slug:slug>/invitations/<uuid:uuid>/annuler/", views.invitation_revoke, name="invitation_revoke"),
    path("d/<slug:slug>/reglages/", views.demarche_settings, name="demarche_settings"),
]
