from django.urls import path

from synergies.views import campaigns, flows, questionnaires

app_name = "synergies"

flow_urls = [
    path("d/<slug:slug>/flux/", flows.flow_list, name="flow_list"),
    path("d/<slug:slug>/flux/nouveau/", flows.flow_create, name="flow_create"),
    path("d/<slug:slug>/flux/ressources/", flows.flow_suggest, name="flow_suggest"),
    path("d/<slug:slug>/flux/codes-dechet/", flows.flow_waste_codes, name="flow_waste_codes"),
    path("d/<slug:slug>/flux/<uuid:uuid>/", flows.flow_detail, name="flow_detail"),
    path("d/<slug:slug>/flux/<uuid:uuid>/corriger/", flows.flow_edit, name="flow_edit"),
    path("d/<slug:slug>/flux/<uuid:uuid>/archiver/", flows.flow_archive, name="flow_archive"),
]

campaign_urls = [
    path("d/<slug:slug>/campagnes/", campaigns.campaign_list, name="campaign_list"),
    path("d/<slug:slug>/campagnes/nouvelle/", campaigns.campaign_create, name="campaign_create"),
    path("d/<slug:slug>/campagnes/<uuid:uuid>/", campaigns.campaign_detail, name="campaign_detail"),
    path("d/<slug:slug>/campagnes/<uuid:uuid>/message/", campaigns.campaign_edit, name="campaign_edit"),
    path("d/<slug:slug>/campagnes/<uuid:uuid>/ajouter/", campaigns.campaign_add, name="campaign_add"),
    path("d/<slug:slug>/campagnes/<uuid:uuid>/envoyer/", campaigns.campaign_send, name="campaign_send"),
    path("d/<slug:slug>/questionnaires/<uuid:uuid>/adresse/", campaigns.campaign_recipient, name="campaign_recipient"),
    path("d/<slug:slug>/questionnaires/<uuid:uuid>/retirer/", campaigns.campaign_remove, name="campaign_remove"),
    path("d/<slug:slug>/questionnaires/<uuid:uuid>/renvoyer/", campaigns.campaign_resend, name="campaign_resend"),
    path("d/<slug:slug>/questionnaires/<uuid:uuid>/revoquer/", campaigns.campaign_revoke, name="campaign_revoke"),
]

questionnaire_urls = [
    path("q/<str:token>/", questionnaires.personal_link, name="personal_link"),
    path("questionnaire/<uuid:uuid>/", questionnaires.welcome, name="questionnaire"),
    path("questionnaire/<uuid:uuid>/code/", questionnaires.code, name="questionnaire_code"),
    path("questionnaire/<uuid:uuid>/relecture/", questionnaires.review, name="questionnaire_review"),
    path("questionnaire/<uuid:uuid>/merci/", questionnaires.thanks, name="questionnaire_thanks"),
    path("questionnaire/<uuid:uuid>/refus/", questionnaires.refusal, name="questionnaire_refusal"),
    path("questionnaire/<uuid:uuid>/codes-dechet/", questionnaires.waste_codes, name="questionnaire_waste_codes"),
    path("questionnaire/<uuid:uuid>/ligne/<int:position>/retirer/", questionnaires.remove, name="questionnaire_remove"),
    path("questionnaire/<uuid:uuid>/ligne/<int:position>/<slug:step>/", questionnaires.answer, name="questionnaire_answer"),
    path("questionnaire/<uuid:uuid>/<slug:section>/", questionnaires.section, name="questionnaire_section"),
]

urlpatterns = [*flow_urls, *campaign_urls, *questionnaire_urls]
