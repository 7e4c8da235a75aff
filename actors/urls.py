from django.urls import path

from actors.views import directory, imports, mobilisation, sheets

app_name = "actors"

urlpatterns = [
    path("acteurs/", directory.directory, name="list"),
    path("acteurs/exporter/", directory.export, name="export"),
    path("acteurs/ajouter/", sheets.add, name="add"),
    path("acteurs/import/", imports.new_import, name="import"),
    path("acteurs/import/<uuid:uuid>/", imports.import_detail, name="import_detail"),
    path("acteurs/import/<uuid:uuid>/importer/", imports.import_confirm, name="import_confirm"),
    path("acteurs/<uuid:uuid>/", sheets.detail, name="detail"),
    path("acteurs/<uuid:uuid>/modifier/", sheets.change, name="change"),
    path("acteurs/<uuid:uuid>/mobilisation/", mobilisation.engagement, name="engagement"),
    path("acteurs/<uuid:uuid>/inviter/", mobilisation.invite_person, name="company_invite"),
    path("acteurs/<uuid:uuid>/acteur-moteur/", mobilisation.driving, name="driving"),
    path("acteurs/<uuid:uuid>/echanges/noter/", mobilisation.interaction, name="interaction_add"),
    path("acteurs/<uuid:uuid>/interlocuteurs/ajouter/", mobilisation.add_contact, name="contact_add"),
    path(
        "acteurs/<uuid:uuid>/interlocuteurs/<uuid:contact_uuid>/modifier/", mobilisation.change_contact, name="contact_change"
    ),
    path(
        "acteurs/<uuid:uuid>/interlocuteurs/<uuid:contact_uuid>/retirer/", mobilisation.archive_contact, name="contact_archive"
    ),
]
