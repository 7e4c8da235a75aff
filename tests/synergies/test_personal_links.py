"""Personal links: what they open, for how long, and what they never show."""

import re

import pytest
import time_machine
from django.utils import timezone

from operations.logs import mask_links
from operations.models import AttemptCounter, OutboxMessage
from synergies.models import PersonalLink
from synergies.services import campaigns
from tests.conftest import ReadOnlyGetClient
from tests.synergies.conftest import links

CLOSED = "Ce lien n’ouvre rien, ou plus rien"


def home(sent) -> str:
    return f"/questionnaire/{sent.uuid}/"


def say(browser, sent, words: str, section: str = "trop"):
    """One's own words, on the screen of a section."""
    direction = "need" if section == "besoins" else "offer"
    return browser.post(f"{home(sent)}{section}/", {"label": words, "direction": direction})


def last_code() -> str:
    return OutboxMessage.objects.filter(key__startswith="questionnaire-code:").order_by("-id")[0].secrets["code"]


def test_the_link_leads_to_an_address_without_its_token(sent, link):
    browser = ReadOnlyGetClient()
    answer = browser.get(link)
    assert (answer.status_code, answer.url) == (302, home(sent))
    assert answer["Cache-Control"].startswith(("no-store", "max-age=0"))
    assert browser.get(answer.url).status_code == 200
    assert link.split("/")[2] not in str(browser.session.items())


def test_opening_the_link_consumes_and_writes_nothing(sent, link):
    for _ in range(3):
        browser = ReadOnlyGetClient()  # refuses a GET that writes
        browser.get(link)
        browser.get(home(sent))
        browser.get(f"{home(sent)}trop/")
    sent.refresh_from_db()
    assert (sent.state, sent.opened_at) == ("sent", None)
    assert PersonalLink.objects.get().last_used_at is None


def test_pressing_begin_is_what_opens(sent, phone):
    assert phone.post(home(sent)).status_code == 302
    sent.refresh_from_db()
    assert sent.state == "opened"
    assert sent.opened_at
    assert PersonalLink.objects.get().last_used_at


def altered(link: str) -> str:
    return link[:-3] + ("A" if link[-3] != "A" else "B") + link[-2:]


def test_altered_expired_revoked_and_unknown_links_answer_alike(cast, sent, link):
    pages = set()

    def look(path):
        answer = ReadOnlyGetClient().get(path)
        assert answer.status_code == 404
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", answer.content.decode())
        assert CLOSED in text
        pages.add(text)

    look(altered(link))
    look("/q/" + "x" * 43 + "/")
    with time_machine.travel(timezone.now() + timezone.timedelta(days=61)):
        look(link)
    campaigns.revoke_links(actor=cast.alice, questionnaire=sent)
    look(link)
    assert len(pages) == 1


def test_a_revoked_link_closes_what_it_had_opened(cast, sent, phone):
    say(phone, sent, "chutes de chêne")
    campaigns.revoke_links(actor=cast.alice, questionnaire=sent)
    for path in ("", "trop/", "relecture/", "code/", "refus/"):
        assert phone.get(home(sent) + path).status_code == 404
    assert say(phone, sent, "encore").status_code == 404
    assert sent.drafts.count() == 1


def test_an_expired_link_closes_what_it_had_opened(sent, phone):
    with time_machine.travel(timezone.now() + timezone.timedelta(days=61)):
        assert phone.get(home(sent)).status_code == 404


def test_a_link_opens_its_own_questionnaire_only(cast, sent, phone):
    other = campaigns.create_campaign(
        actor=cast.alice,
        demarche=cast.a,
        title="Autre",
        message_subject="x",
        message_body="{lien}",
        establishments=[cast.bakery],
    ).questionnaires.get()
    answer = phone.get(f"/questionnaire/{other.uuid}/")
    assert answer.status_code == 404
    assert phone.post(f"/questionnaire/{other.uuid}/trop/", {"label": "x", "direction": "offer"}).status_code == 404
    assert not other.drafts.exists()


def test_knowing_the_address_without_the_link_opens_nothing(sent, client, cast):
    assert client.get(home(sent)).status_code == 404
    client.force_login(cast.alice)
    assert client.get(home(sent)).status_code == 404


def test_guesses_are_counted_and_stopped(sent, link):
    browser = ReadOnlyGetClient()
    for rank in range(30):
        assert browser.get(f"/q/{rank:043d}/").status_code == 404
    assert browser.get(f"/q/{31:043d}/").status_code == 429
    assert browser.get(link).status_code == 429
    assert AttemptCounter.objects.get(scope="personal-link").count == 30


def test_good_links_are_not_counted(sent, link):
    browser = ReadOnlyGetClient()
    for _ in range(40):
        assert browser.get(link).status_code == 302


def test_the_token_is_masked_in_logs(link):
    assert link.split("/")[2] not in mask_links(f"GET {link} 302")


def test_the_same_browser_resumes_without_a_code(sent, link, phone):
    say(phone, sent, "chutes de chêne")
    phone.get(link)  # the mail is opened again
    page = phone.get(f"{home(sent)}trop/").content.decode()
    assert "chutes de chêne" in page
    assert phone.session.get_expiry_age() > 20 * 24 * 3600


def test_another_link_of_the_same_questionnaire_resumes_too(cast, sent, phone):
    say(phone, sent, "chutes de chêne")
    campaigns.resend(actor=cast.alice, questionnaire=sent)
    phone.get(links()[1])
    assert "chutes de chêne" in phone.get(f"{home(sent)}trop/").content.decode()


def test_another_device_sees_nothing_before_the_code_but_can_add(sent, phone, other_phone):
    say(phone, sent, "chutes de chêne")
    for path in ("", "trop/", "besoins/", "partage/", "relecture/", "refus/", "code/"):
        page = other_phone.get(home(sent) + path).content.decode()
        assert "chutes de chêne" not in page
    assert "avec un code" in other_phone.get(home(sent)).content.decode()
    position = sent.drafts.get().position
    for path in (f"ligne/{position}/mots/", f"ligne/{position}/quantite/"):
        assert other_phone.get(home(sent) + path).status_code == 404
    assert other_phone.post(f"{home(sent)}ligne/{position}/mots/", {"label": "x", "direction": "offer"}).status_code == 404
    assert other_phone.post(f"{home(sent)}ligne/{position}/retirer/").status_code == 404
    assert say(other_phone, sent, "vapeur").status_code == 302
    page = other_phone.get(f"{home(sent)}trop/").content.decode()
    assert "vapeur" in page
    assert "chutes de chêne" not in page
    assert "chutes de chêne" in phone.get(f"{home(sent)}trop/").content.decode()


def test_another_device_can_neither_finish_nor_refuse_before_the_code(sent, phone, other_phone):
    say(phone, sent, "chutes de chêne")
    assert other_phone.post(f"{home(sent)}relecture/").status_code == 422
    assert other_phone.post(f"{home(sent)}refus/", {"for_good": "on"}).status_code == 422
    sent.refresh_from_db()
    sent.contact.refresh_from_db()
    assert sent.state == "started"
    assert sent.contact.unsubscribed_at is None


def test_the_code_sent_by_mail_shows_everything_on_the_other_device(sent, phone, other_phone):
    say(phone, sent, "chutes de chêne")
    assert other_phone.post(f"{home(sent)}code/", {"envoyer": "1"}).status_code == 302
    mail = OutboxMessage.objects.get(key__startswith="questionnaire-code:")
    assert mail.recipient == "paule@fictive.test"
    assert re.fullmatch(r"\d{6}", mail.secrets["code"])
    assert mail.secrets["code"] not in mail.body + mail.subject + str(dict(other_phone.session.items()))
    page = other_phone.get(f"{home(sent)}code/").content.decode()
    assert "p…@fictive.test" in page
    assert "paule" not in page
    assert other_phone.post(f"{home(sent)}code/", {"code": f" {last_code()[:3]} {last_code()[3:]}"}).status_code == 302
    assert "chutes de chêne" in other_phone.get(f"{home(sent)}trop/").content.decode()
    assert other_phone.post(f"{home(sent)}relecture/").status_code == 302


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_wrong_code_shows_nothing_and_five_tries_are_all(sent, phone, other_phone):
    say(phone, sent, "chutes de chêne")
    other_phone.post(f"{home(sent)}code/", {"envoyer": "1"})
    right = last_code()
    for _ in range(5):
        assert other_phone.post(f"{home(sent)}code/", {"code": wrong(right)}).status_code == 422
    answer = other_phone.post(f"{home(sent)}code/", {"code": right})
    assert answer.status_code == 429
    assert "chutes de chêne" not in other_phone.get(f"{home(sent)}trop/").content.decode()


def test_a_code_is_good_for_ten_minutes_and_for_the_device_that_asked(sent, link, phone, other_phone):
    say(phone, sent, "chutes de chêne")
    other_phone.post(f"{home(sent)}code/", {"envoyer": "1"})
    code = last_code()
    third = ReadOnlyGetClient()
    third.get(link)
    assert third.post(f"{home(sent)}code/", {"code": code}).status_code == 422
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        assert other_phone.post(f"{home(sent)}code/", {"code": code}).status_code == 422


def test_codes_are_not_sent_without_end(sent, phone):
    for _ in range(5):
        assert phone.post(f"{home(sent)}code/", {"envoyer": "1"}).status_code == 302
    assert phone.post(f"{home(sent)}code/", {"envoyer": "1"}).status_code == 429
    assert OutboxMessage.objects.filter(key__startswith="questionnaire-code:").count() == 5


def test_nothing_but_what_was_typed_here_is_shown(cast, sent, phone):
    from synergies.services.flows import create_flow

    create_flow(actor=cast.alice, establishment=cast.bakery, direction="offer", label="noté par l’équipe")
    create_flow(actor=cast.alice, establishment=cast.brewery, direction="offer", label="drêche du voisin")
    say(phone, sent, "chutes de chêne")
    for path in ("", "trop/", "besoins/", "partage/", "relecture/", "ligne/1/ressource/"):
        page = phone.get(home(sent) + path).content.decode()
        assert "noté par l’équipe" not in page
        assert "drêche du voisin" not in page


@pytest.mark.parametrize("path", ["retirer", "mots"])
def test_a_line_that_does_not_exist_is_not_found(sent, phone, path):
    assert phone.post(f"{home(sent)}ligne/9/{path}/", {"label": "x", "direction": "offer"}).status_code == 404
