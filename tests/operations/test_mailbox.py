"""The demonstration's mailbox: read by anybody there, absent elsewhere."""

import importlib

import pytest
from django.urls import reverse

from operations import services, urls


def write(recipient="bob@exemple.test", subject="Votre questionnaire", number=0, **more):
    return services.queue_mail(
        key=f"{recipient}-{number}",
        recipient=recipient,
        subject=subject,
        body=more.pop("body", "Votre lien : {{secret:lien}}"),
        secrets={"lien": "http://localhost:8000/q/secret-de-bob/"},
        **more,
    )


def test_anybody_reads_the_messages_newest_first(db, client):
    write(subject="Premier", number=1)
    write(subject="Second", number=2)
    text = client.get(reverse("operations:mailbox")).content.decode()
    assert "Boîte aux lettres de la démonstration" in text
    assert text.index("Second") < text.index("Premier")


def test_messages_of_one_address(db, client):
    write("bob@exemple.test", "Pour Bob")
    write("chloe@exemple.test", "Pour Chloé")
    text = client.get(reverse("operations:mailbox"), {"recipient": "bob@exemple.test"}).content.decode()
    assert "Pour Bob" in text
    assert "Pour Chloé" not in text


def test_an_empty_mailbox_says_how_to_fill_it(db, client):
    assert "Invitez quelqu’un" in client.get(reverse("operations:mailbox")).content.decode()


def test_the_link_of_a_message_can_be_followed(db, client):
    message = write()
    page = client.get(reverse("operations:mailbox_message", args=[message.uuid]))
    assert 'href="http://localhost:8000/q/secret-de-bob/"' in page.content.decode()


def test_a_message_that_holds_html_shows_it_as_text(db, client):
    message = write(body="<script>alert(1)</script> javascript:alert(1)")
    text = client.get(reverse("operations:mailbox_message", args=[message.uuid])).content.decode()
    assert "<script>alert" not in text
    assert 'href="javascript:' not in text


def test_the_list_costs_the_same_with_many_messages(db, client, django_assert_max_num_queries):
    for number in range(40):
        write(f"p{number}@exemple.test", number=number)
    with django_assert_max_num_queries(12):
        client.get(reverse("operations:mailbox"))


@pytest.mark.parametrize("path", ["/boite-aux-lettres/", "/boite-aux-lettres/00000000-0000-4000-8000-000000000000/"])
def test_production_has_no_mailbox(db, client, settings, path):
    settings.DEMO_MAILBOX = False
    assert client.get(path).status_code == 404


def test_production_has_no_address_for_it(settings):
    settings.DEMO_MAILBOX = False
    names = {pattern.name for pattern in importlib.reload(urls).urlpatterns}
    settings.DEMO_MAILBOX = True
    importlib.reload(urls)
    assert "health" in names
    assert not {"mailbox", "mailbox_message"} & names
