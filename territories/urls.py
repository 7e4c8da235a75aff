from django.urls import path

from territories.views import account, demarches, members

app_name = "territories"

urlpatterns = [
    path("invitation/", members.invitation, name="invitation"),
    path("invitation/<str:token>/", members.accept_invitation, name="accept_invitation"),
    path("comptes/jetons/", account.token_list, name="token_list"),
    path("comptes/jetons/<uuid:uuid>/revoquer/", account.token_revoke, name="token_revoke"),
    path("exploitation/", demarches.operator_desk, name="operator_desk"),
    path("d/<slug:slug>/membres/", members.member_list, name="member_list"),
    path("d/<slug:slug>/membres/inviter/", members.member_invite, name="member_invite"),
    path("d/<slug:slug>/membres/<uuid:uuid>/retirer/", members.member_end, name="member_end"),
    path("d/<slug:slug>/invitations/<uuid:uuid>/annuler/", members.invitation_revoke, name="invitation_revoke"),
    path("d/<slug:slug>/reglages/", demarches.demarche_settings, name="demarche_settings"),
]
