"""What the tests of flows and questionnaires share."""

import re

import pytest
from django.test import Client

from actors.models import Contact
from operations.models import OutboxMessage
from synergies.models import Resource
from synergies.services import campaigns
from tests.conftest import ReadOnlyGetClient


@pytest.fixture
def resources(db):
    """The leaves of the shipped taxonomy, by code."""
    return Resource.objects.filter(level=3).in_bulk()


@pytest.fixture
def contact(cast):
    """Whom to write to at the bakery."""
    return Contact.objects.create(
        demarche=cast.a,
        organisation=cast.bakery.organisation,
        establishment=cast.bakery,
        first_name="Paule",
        last_name="Exemple",
        email="paule@fictive.test",
    )


@pytest.fixture
def campaign(cast, contact):
    """A campaign ready to leave for the bakery."""
    return campaigns.create_campaign(
        actor=cast.alice,
        demarche=cast.a,
        title="Printemps",
        message_subject="{etablissement} : vos flux",
        message_body="Bonjour {prenom}, voici votre lien : {lien}",
        establishments=[cast.bakery],
    )


def links(recipient: str = "paule@fictive.test") -> list[str]:
    """Paths of the personal links mailed to somebody, oldest first."""
    mails = OutboxMessage.objects.filter(recipient=recipient, key__startswith="questionnaire:").order_by("id")
    return [re.sub(r"^https?://[^/]+", "", mail.secrets["lien"]) for mail in mails]


@pytest.fixture
def sent(cast, campaign):
    """The bakery's questionnaire, its message sent."""
    campaigns.send_campaign(actor=cast.alice, campaign=campaign)
    return campaign.questionnaires.get()


@pytest.fixture
def link(sent) -> str:
    """The path of the personal link in the message."""
    return links()[0]


@pytest.fixture
def phone(link) -> Client:
    """A browser that opened the link, without any account."""
    browser = ReadOnlyGetClient()
    assert browser.get(link).status_code == 302
    return browser


@pytest.fixture
def other_phone(link) -> Client:
    """Another browser that opened the same link."""
    browser = ReadOnlyGetClient()
    assert browser.get(link).status_code == 302
    return browser
