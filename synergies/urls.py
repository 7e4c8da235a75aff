from django.urls import path

from synergies.views import campaigns, flows, followup, impacts, leads, questionnaires

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

lead_urls = [
    path("d/<slug:slug>/pistes/", leads.lead_list, name="lead_list"),
    path("d/<slug:slug>/pistes/rechercher/", leads.lead_search, name="lead_search"),
    path("d/<slug:slug>/pistes/nouvelle/", leads.lead_create, name="lead_create"),
    path("d/<slug:slug>/pistes/<uuid:uuid>/", leads.lead_detail, name="lead_detail"),
    path("d/<slug:slug>/pistes/<uuid:uuid>/decision/", leads.lead_decide, name="lead_decide"),
]

synergy_urls = [
    path("d/<slug:slug>/synergies/", followup.synergy_list, name="synergy_list"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/", followup.synergy_detail, name="synergy_detail"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/action/", followup.synergy_next_step, name="synergy_next_step"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/etape/", followup.synergy_stage, name="synergy_stage"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/arret/", followup.synergy_stop, name="synergy_stop"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/reprise/", followup.synergy_resume, name="synergy_resume"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/note/", followup.synergy_note, name="synergy_note"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/impacts/nouveau/", impacts.impact_create, name="impact_create"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/impacts/attendus/", impacts.impact_expect, name="impact_expect"),
    path("d/<slug:slug>/synergies/<uuid:uuid>/impacts/<uuid:impact_uuid>/", impacts.impact_edit, name="impact_edit"),
    path(
        "d/<slug:slug>/synergies/<uuid:uuid>/impacts/<uuid:impact_uuid>/retirer/", impacts.impact_remove, name="impact_remove"
    ),
]

urlpatterns = [*flow_urls, *campaign_urls, *questionnaire_urls, *lead_urls, *synergy_urls]
