"""A person of a company gets an account for its own site, and for no other."""

import re

import pytest
from django.urls import reverse

from actors.models import Establishment
from operations.models import OutboxMessage
from territories.models import User


def test_the_invited_person_sees_the_site_it_was_invited_for_and_no_other(sign_in, client, cast):
    form = reverse("actors:company_invite", args=["demarche-a", cast.brewery.uuid])
    assert sign_in(cast.alice).post(form, {"email": "neuve@exemple.test", "first_name": "Neuve"}).status_code == 302
    client.logout()
    link = re.sub(r"^https?://[^/]+", "", OutboxMessage.objects.get(recipient="neuve@exemple.test").secrets["lien"])
    page = client.get(link).url
    done = client.post(page, {"first_name": "Neuve", "last_name": "Venue", "password": "une phrase assez longue"})
    assert done.status_code == 302
    user = User.objects.get(email="neuve@exemple.test")
    assert list(Establishment.objects.visible_to(user)) == [cast.brewery]


@pytest.mark.parametrize(("person", "status"), [("gaelle", 403), ("denis", 403), ("bob", 403), ("chloe", 404)])
def test_only_the_manager_opens_accounts_for_companies(sign_in, cast, person, status):
    page = reverse("actors:company_invite", args=["demarche-a", cast.bakery.uuid])
    assert sign_in(cast.people[person]).post(page, {"email": "x@exemple.test"}).status_code == status
    assert not OutboxMessage.objects.exists()
