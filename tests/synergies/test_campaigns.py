"""Campaigns: choosing, writing, sending once, following, sending again, closing links."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actors.models import Contact
from eit_platform.common.exceptions import BusinessError
from operations.models import AuditEntry, OutboxMessage
from synergies.models import Campaign, PersonalLink, Questionnaire
from synergies.services import campaigns as services
from tests.cast import establishment
from tests.synergies.conftest import links

URL = "/d/demarche-a/campagnes/"


def message(**values) -> dict:
    return {"title": "Printemps", "message_subject": "Vos flux", "message_body": "Bonjour {prenom} : {lien}"} | values


def test_a_manager_prepares_then_sends_from_a_company_s_sheet(cast, contact, sign_in):
    client = sign_in(cast.alice)
    page = client.get(f"{URL}nouvelle/?etablissement={cast.bakery.uuid}").content.decode()
    assert f'value="{cast.bakery.uuid}" checked' in page
    assert "paule@fictive.test" in page
    answer = client.post(f"{URL}nouvelle/", message(establishments=[str(cast.bakery.uuid), str(cast.brewery.uuid)]))
    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    page = client.get(answer.url).content.decode()
    assert "Il manque une adresse" in page
    assert "Bonjour Paule" in page
    assert not OutboxMessage.objects.exists()
    row = campaign.questionnaires.get(establishment=cast.brewery)
    assert client.post(f"/d/demarche-a/questionnaires/{row.uuid}/adresse/", {"email": "malt@exemple.test"}).status_code == 302
    assert client.post(f"{answer.url}envoyer/").status_code == 302
    assert OutboxMessage.objects.count() == PersonalLink.objects.count() == 2
    assert "Envoyé" in client.get(answer.url).content.decode()


def test_an_address_typed_becomes_a_contact_with_its_legal_basis(cast, campaign):
    services.add_establishments(actor=cast.alice, campaign=campaign, establishments=[cast.brewery])
    row = campaign.questionnaires.get(establishment=cast.brewery)
    services.set_recipient(actor=cast.alice, questionnaire=row, email="Malt@Exemple.test", first_name="Malo")
    made = Contact.objects.get(email="malt@exemple.test")
    assert (made.legal_basis, made.establishment, row.recipient) == ("public_task", cast.brewery, "malt@exemple.test")
    services.set_recipient(actor=cast.alice, questionnaire=row, email="malt@exemple.test")
    assert Contact.objects.filter(email="malt@exemple.test").count() == 1


def test_a_wrong_address_is_told_beside_its_field_and_kept(cast, campaign, sign_in):
    services.add_establishments(actor=cast.alice, campaign=campaign, establishments=[cast.brewery])
    row = campaign.questionnaires.get(establishment=cast.brewery)
    answer = sign_in(cast.alice).post(f"/d/demarche-a/questionnaires/{row.uuid}/adresse/", {"email": "malt@"})
    assert answer.status_code == 422
    assert 'value="malt@"' in answer.content.decode()


def test_who_asked_for_silence_is_not_written_to(cast, contact, campaign):
    contact.unsubscribed_at = timezone.now()
    contact.save()
    with pytest.raises(BusinessError):
        services.send_campaign(actor=cast.alice, campaign=campaign)
    row = campaign.questionnaires.get()
    with pytest.raises(BusinessError, match="ne plus être sollicitée"):
        services.set_recipient(actor=cast.alice, questionnaire=row, email=contact.email)
    assert services.best_contacts([cast.bakery]) == {}


def test_the_site_s_own_contact_comes_before_its_organisation_s(cast, contact):
    head = Contact.objects.create(demarche=cast.a, organisation=cast.brewery.organisation, email="siege@exemple.test")
    Contact.objects.create(demarche=cast.a, organisation=cast.bakery.organisation, email="siege@fictive.test")
    assert services.best_contacts([cast.bakery, cast.brewery, cast.farm]) == {cast.bakery.pk: contact, cast.brewery.pk: head}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"message_body": "Bonjour"}, "message_body"),
        ({"message_body": "{lien} {nom}"}, "message_body"),
        ({"message_body": "{{secret:lien}} {lien}"}, "message_body"),
        ({"message_subject": "{inconnu}"}, "message_subject"),
        ({"closes_on": "2001-01-01"}, "closes_on"),
    ],
)
def test_a_message_that_cannot_work_is_refused_beside_its_field(cast, sign_in, values, field):
    answer = sign_in(cast.alice).post(f"{URL}nouvelle/", message(establishments=[str(cast.bakery.uuid)], **values))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Campaign.objects.exists()


def test_a_campaign_needs_an_establishment_of_the_demarche(cast, sign_in):
    client = sign_in(cast.alice)
    for chosen in ([], [str(cast.elsewhere.uuid)], ["pas-un-identifiant"]):
        answer = client.post(f"{URL}nouvelle/", message(establishments=chosen))
        assert answer.status_code == 422
        assert "Choisissez au moins un établissement" in answer.content.decode()
    assert not Campaign.objects.exists()


def test_sending_twice_sends_once(cast, campaign, sign_in):
    client = sign_in(cast.alice)
    for _ in range(2):
        client.post(f"{URL}{campaign.uuid}/envoyer/")
    services.send_campaign(actor=cast.alice, campaign=campaign)
    assert OutboxMessage.objects.filter(key__startswith="questionnaire:").count() == 1
    assert PersonalLink.objects.count() == 1
    assert AuditEntry.objects.filter(verb="campaign.sent").count() == 1


def test_a_form_sent_twice_prepares_one_campaign(cast, sign_in):
    client = sign_in(cast.alice)
    data = message(establishments=[str(cast.bakery.uuid)], idempotency_key="une-seule-fois")
    assert client.post(f"{URL}nouvelle/", data).url == client.post(f"{URL}nouvelle/", data).url
    assert Campaign.objects.count() == 1


def test_the_link_is_nowhere_but_in_the_secret_of_the_mail(cast, sent):
    mail = OutboxMessage.objects.get(key__startswith="questionnaire:")
    token = links()[0].split("/")[2]
    assert len(token) >= 43, "256 bits"
    assert "{{secret:lien}}" in mail.body
    assert token not in mail.body + mail.subject
    assert PersonalLink.objects.get().token_hash != token
    assert not PersonalLink.objects.filter(token_hash__contains=token).exists()
    assert mail.reply_to == "alice@exemple.test"


def test_nothing_changes_any_more_once_it_is_sent(cast, campaign, sent, sign_in):
    with pytest.raises(BusinessError):
        services.add_establishments(actor=cast.alice, campaign=campaign.__class__.objects.get(), establishments=[cast.farm])
    client = sign_in(cast.alice)
    assert client.post(f"/d/demarche-a/questionnaires/{sent.uuid}/retirer/").status_code == 422
    assert client.get(f"{URL}{campaign.uuid}/message/").status_code == 302
    assert Questionnaire.objects.count() == 1


def test_the_message_can_be_rewritten_before_it_leaves(cast, campaign, sign_in):
    client = sign_in(cast.alice)
    url = f"{URL}{campaign.uuid}/message/"
    assert client.post(url, message(title="Été", version="1")).status_code == 302
    stale = client.post(url, message(title="Automne", version="1"))
    assert stale.status_code == 409
    assert "Automne" in stale.content.decode()
    assert Campaign.objects.get().title == "Été"


def test_resending_mints_a_new_link_and_leaves_the_first_open(cast, sent, sign_in):
    client = sign_in(cast.alice)
    assert client.post(f"/d/demarche-a/questionnaires/{sent.uuid}/renvoyer/").status_code == 302
    first, second = links()
    assert first != second
    assert PersonalLink.objects.live().count() == 2


def test_revoking_closes_every_link_of_the_establishment(cast, sent, sign_in):
    services.resend(actor=cast.alice, questionnaire=sent)
    sign_in(cast.alice).post(f"/d/demarche-a/questionnaires/{sent.uuid}/revoquer/")
    assert not PersonalLink.objects.live().exists()
    assert services.revoke_links(actor=cast.alice, questionnaire=sent) == 0


def test_who_has_answered_is_not_asked_again(cast, sent):
    sent.state = "finished"
    sent.save()
    with pytest.raises(BusinessError, match="déjà répondu"):
        services.resend(actor=cast.alice, questionnaire=sent)


def test_a_link_ends_with_the_campaign_or_after_sixty_days(cast, campaign):
    with time_machine.travel(datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC), tick=False):
        assert (services.link_end(campaign) - timezone.now()).days == 60
        campaign.closes_on = datetime.date(2026, 3, 15)
        end = timezone.localtime(services.link_end(campaign))
    assert (end.date(), end.hour) == (datetime.date(2026, 3, 15), 23)


@pytest.mark.parametrize(
    ("who", "reads", "sends"),
    [
        ("alice", 200, 200),
        ("gaelle", 200, 403),
        ("denis", 403, 403),
        ("edith", 403, 403),
        ("bob", 403, 403),
        ("chloe", 404, 404),
    ],
)
def test_the_team_reads_campaigns_and_the_manager_sends_them(cast, campaign, sign_in, who, reads, sends):
    client = sign_in(cast.people[who])
    assert client.get(URL).status_code == reads
    assert client.get(f"{URL}{campaign.uuid}/").status_code == reads
    for path in ("nouvelle/", f"{campaign.uuid}/message/", f"{campaign.uuid}/ajouter/"):
        assert client.get(URL + path).status_code == sends
    if sends != 200:
        assert client.post(f"{URL}{campaign.uuid}/envoyer/").status_code == sends
        row = campaign.questionnaires.get()
        for verb in ("adresse", "retirer", "renvoyer", "revoquer"):
            assert client.post(f"/d/demarche-a/questionnaires/{row.uuid}/{verb}/").status_code == sends


def test_a_campaign_of_another_demarche_does_not_exist(cast, campaign, sign_in):
    client = sign_in(cast.chloe)
    assert client.get(f"/d/demarche-b/campagnes/{campaign.uuid}/").status_code == 404
    assert client.post(f"/d/demarche-b/campagnes/{campaign.uuid}/envoyer/").status_code == 404


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_campaign_s_page_costs_the_same_at_2_and_50_establishments(cast, contact, sign_in, is_sent):
    def prepare(count):
        sites = [establishment(cast.a, f"Site {is_sent} {count} {rank}") for rank in range(count)]
        for site in sites:
            Contact.objects.create(
                demarche=cast.a, organisation=site.organisation, establishment=site, email=f"c{site.pk}@exemple.test"
            )
        made = services.create_campaign(actor=cast.alice, demarche=cast.a, establishments=sites, closes_on=None, **message())
        if is_sent:
            services.send_campaign(actor=cast.alice, campaign=made)
        return f"{URL}{made.uuid}/"

    client = sign_in(cast.alice)
    small, large = prepare(2), prepare(50)
    client.get(small)
    costs = []
    for url in (small, large, URL):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
    assert costs[2] <= 12


def test_a_campaign_whose_last_day_has_passed_is_not_sent(cast, contact, campaign):
    """Its links would be over before they arrive."""
    Campaign.objects.update(closes_on=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(BusinessError, match="passée"):
        services.send_campaign(actor=cast.alice, campaign=campaign)
    assert not OutboxMessage.objects.exists()


def test_the_preview_shows_the_address_of_the_site_whatever_host_was_asked(cast, contact, campaign, sign_in, settings):
    settings.SITE_URL = "https://boucles.exemple.test"
    page = sign_in(cast.alice).get(f"{URL}{campaign.uuid}/", headers={"host": "127.0.0.1"}).content.decode()
    assert "https://boucles.exemple.test/q/…" in page
    assert "127.0.0.1" not in page
