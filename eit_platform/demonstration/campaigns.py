"""Campaigns past, running and in preparation, with questionnaires at each state; the last one is really sent."""

from datetime import timedelta
from random import Random

from actors.enums import EngagementStage
from actors.models import Contact
from eit_platform.demonstration.companies import Site
from eit_platform.demonstration.days import Days
from synergies.enums import QuestionnaireState
from synergies.models import Campaign, Questionnaire
from synergies.services import campaigns as services
from territories.models import Demarche

SUBJECT = "Vos flux, en huit minutes"
BODY = (
    "Bonjour {prenom},\n\nNous cherchons ce que {etablissement} a en trop et ce qui lui manque\u00a0: matières, "
    "chaleur, eau, locaux, compétences. Trois à huit lignes suffisent, même approximatives.\n\n{lien}\n\n"
    "Vos réponses restent dans la démarche {demarche}. Merci d’avance\u202f!\n"
)
PAST = {
    QuestionnaireState.FINISHED: 26,
    QuestionnaireState.REFUSED: 3,
    QuestionnaireState.SENT: 9,
    QuestionnaireState.OPENED: 4,
}
RUNNING = {
    QuestionnaireState.FINISHED: 11,
    QuestionnaireState.STARTED: 6,
    QuestionnaireState.OPENED: 5,
    QuestionnaireState.SENT: 8,
    QuestionnaireState.REFUSED: 1,
}
PREPARED = 14
JUST_SENT = 4
REFUSALS = ("Pas de temps ce trimestre", "Questions trop précises", "Décision du siège")


def load(demarche: Demarche, sites: list[Site], contacts: list[Contact], days: Days, people: dict) -> None:
    """Writes the campaigns of the démarche; sends the last one, so that its links can be opened from the mailbox."""
    random = Random("campagnes")
    by_site = {contact.establishment_id: contact for contact in reversed(contacts)}
    answering = [site for site in sites if site.engagement.stage in (EngagementStage.ENGAGED, EngagementStage.MET)]
    approached = [site for site in sites if site.engagement.stage == EngagementStage.CONTACTED]
    random.shuffle(answering)
    random.shuffle(approached)
    rows = _sent(demarche, "Premier inventaire", PAST, answering[:42], by_site, days.ago(560), days, people, random)
    rows += _sent(demarche, "Inventaire d’automne", RUNNING, answering[42:73], by_site, days.ago(19), days, people, random)
    prepared = _campaign(demarche, "Relance des entreprises contactées", people["colleague"])
    rows += [_questionnaire(prepared, site, by_site) for site in approached[:PREPARED]]
    Questionnaire.objects.bulk_create(rows)
    last = services.create_campaign(
        actor=people["manager"],
        demarche=demarche,
        title="Vérification des flux avant le comité",
        message_subject=SUBJECT,
        message_body=BODY,
        establishments=[site.establishment for site in answering[73 : 73 + JUST_SENT]],
    )
    services.send_campaign(actor=people["manager"], campaign=last)


def _campaign(demarche: Demarche, title: str, author, **fields) -> Campaign:
    return Campaign.objects.create(
        demarche=demarche, title=title, message_subject=SUBJECT, message_body=BODY, author=author, **fields
    )


def _questionnaire(campaign: Campaign, site: Site, by_site: dict[int, Contact], **fields) -> Questionnaire:
    contact = by_site[site.establishment.pk]
    return Questionnaire(
        demarche_id=campaign.demarche_id,
        campaign=campaign,
        establishment=site.establishment,
        contact=contact,
        recipient=contact.email,
        **fields,
    )


def _sent(demarche, title: str, states: dict, sites: list[Site], by_site: dict, on, days: Days, people: dict, random: Random):
    """The questionnaires of a campaign sent `on`, unsaved; each state implies the ones before it."""
    sent_at = days.at(on, 9, 30)
    closes_on = days.working(on + timedelta(days=56))
    campaign = _campaign(demarche, title, people["manager"], sent_at=sent_at, closes_on=closes_on)
    rows = []
    wanted = [state for state, count in states.items() for _rank in range(count)]
    for site, state in zip(sites, wanted, strict=True):
        row = _questionnaire(campaign, site, by_site, state=state, sent_at=sent_at)
        opened = days.at(min(days.today - timedelta(days=1), on + timedelta(days=random.randint(1, 9))), random.randint(8, 17))
        if state != QuestionnaireState.SENT:
            row.opened_at = opened
        if state in (QuestionnaireState.STARTED, QuestionnaireState.FINISHED):
            row.started_at = opened + timedelta(minutes=random.randint(1, 9))
        if state == QuestionnaireState.FINISHED:
            row.finished_at = row.started_at + timedelta(minutes=random.randint(6, 50))
        if state == QuestionnaireState.REFUSED:
            row.refused_at, row.refusal_reason = opened + timedelta(minutes=3), random.choice(REFUSALS)
        rows.append(row)
    return rows
