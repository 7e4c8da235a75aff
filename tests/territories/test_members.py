"""Members come by invitation, with a role, and leave without taking what they wrote."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from operations.models import AuditEntry, OutboxMessage
from territories.enums import Role
from territories.models import Invitation, Membership, User
from territories.services import find_invitation, invite
from tests.cast import PASSWORD


def link_of(message: OutboxMessage) -> str:
    return re.sub(r"^https?://[^/]+", "", message.secrets["lien"])


@pytest.fixture
def invitation(cast):
    return invite(actor=cast.alice, demarche=cast.a, email="Neuf@Exemple.test", role=Role.COLLEAGUE, first_name="Neuf")


def test_an_invitation_goes_by_mail_with_its_link_kept_apart(invitation):
    message = OutboxMessage.objects.get(recipient="neuf@exemple.test")
    assert "{{secret:lien}}" in message.body
    assert link_of(message) not in message.body
    assert "collègue" in message.body
    token = link_of(message).split("/")[2]
    assert find_invitation(token) == invitation
    assert invitation.token_hash != token


def test_the_invited_person_opens_an_account_and_lands_in_the_demarche(invitation, client):
    url = link_of(OutboxMessage.objects.get(recipient="neuf@exemple.test"))
    shown = client.get(url)
    assert shown.url == reverse("territories:invitation"), "le jeton quitte l’adresse"
    page = shown.url
    assert client.get(page).status_code == 200
    weak = client.post(page, {"first_name": "Neuf", "last_name": "Venue", "password": "court"})
    assert weak.status_code == 422
    assert "14" in weak.content.decode()
    done = client.post(page, {"first_name": "Neuf", "last_name": "Venue", "password": "une phrase assez longue"})
    assert done.url == reverse("workspace:home", args=["demarche-a"])
    user = User.objects.get(email="neuf@exemple.test")
    assert Membership.objects.get(user=user).role == Role.COLLEAGUE
    assert client.get(url).status_code == 404, "une invitation ne sert qu’une fois"
    assert AuditEntry.objects.filter(verb="member.joined", actor=user).exists()


@pytest.mark.parametrize("broken", ["altered", "expired", "revoked"])
def test_a_dead_link_says_the_same_whatever_killed_it(invitation, client, broken):
    url = link_of(OutboxMessage.objects.get(recipient="neuf@exemple.test"))
    if broken == "altered":
        url = url[:-3] + "aa/"
    elif broken == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    else:
        Invitation.objects.update(revoked_at=timezone.now())
    response = client.get(url)
    assert response.status_code == 404
    assert "ne fonctionne plus" in response.content.decode()
    assert "Démarche A" not in response.content.decode()


def test_the_page_of_an_invitation_opens_nothing_without_its_link(client, invitation):
    assert client.get(reverse("territories:invitation")).status_code == 404
    data = {"first_name": "Neuf", "last_name": "Venue", "password": "une phrase assez longue"}
    assert client.post(reverse("territories:invitation"), data).status_code == 404
    assert not User.objects.filter(email="neuf@exemple.test").exists()


def test_an_invitation_for_another_address_is_refused(invitation, sign_in, cast):
    url = link_of(OutboxMessage.objects.get(recipient="neuf@exemple.test"))
    client = sign_in(cast.chloe)
    client.get(url)
    response = client.post(reverse("territories:invitation"))
    assert response.status_code == 422
    assert not Membership.objects.filter(user=cast.chloe, demarche=cast.a).exists()


def test_inviting_somebody_twice_says_so_and_keeps_what_was_typed(sign_in, cast):
    client = sign_in(cast.alice)
    data = {"email": "gaelle@exemple.test", "role": "colleague", "first_name": "Gaëlle", "last_name": ""}
    response = client.post(reverse("territories:member_invite", args=["demarche-a"]), data)
    assert response.status_code == 422
    content = response.content.decode()
    assert "déjà ce rôle" in content
    assert 'value="Gaëlle"' in content


def test_the_last_manager_stays(sign_in, cast):
    membership = Membership.objects.get(user=cast.alice)
    response = sign_in(cast.alice).post(reverse("territories:member_end", args=["demarche-a", membership.uuid]))
    assert response.status_code == 422
    membership.refresh_from_db()
    assert membership.ended_at is None


def test_a_removed_colleague_no_longer_finds_the_demarche(sign_in, cast):
    membership = Membership.objects.get(user=cast.gaelle)
    sign_in(cast.alice).post(reverse("territories:member_end", args=["demarche-a", membership.uuid]))
    assert sign_in(cast.gaelle).get(reverse("territories:member_list", args=["demarche-a"])).status_code == 404


@pytest.mark.parametrize(
    ("person", "status"), [("alice", 200), ("gaelle", 200), ("denis", 200), ("edith", 200), ("bob", 403), ("chloe", 404)]
)
def test_who_reads_the_list_of_members(sign_in, cast, person, status):
    response = sign_in(cast.people[person]).get(reverse("territories:member_list", args=["demarche-a"]))
    assert response.status_code == status


def test_eight_failures_lock_the_account_and_the_right_password_does_not_help(client, cast):
    url = reverse("account_login")
    for _ in range(8):
        client.post(url, {"login": "alice@exemple.test", "password": "faux"})
    response = client.post(url, {"login": "alice@exemple.test", "password": PASSWORD})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(client, cast):
    url = reverse("account_login")
    known = client.post(url, {"login": "alice@exemple.test", "password": "faux"}).content.decode()
    unknown = client.post(url, {"login": "alicf@exemple.test", "password": "faux"}).content.decode()
    strip = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+|alic[ef]@exemple.test')
    assert strip.sub("", known) == strip.sub("", unknown)


def test_settings_saved_by_two_people_show_both_versions(sign_in, cast):
    client = sign_in(cast.alice)
    url = reverse("territories:demarche_settings", args=["demarche-a"])
    data = {
        "name": "Premier nom",
        "carrier": "",
        "default_confidentiality": "demarche",
        "report_month": 1,
        "report_day": 31,
        "version": cast.a.version,
    }
    assert client.post(url, data).status_code == 302
    second = client.post(url, data | {"name": "Second nom"})
    assert second.status_code == 409
    assert "Second nom" in second.content.decode()
    assert "Premier nom" in second.content.decode()


def test_the_operator_opens_a_demarche_and_its_manager_is_invited(sign_in, cast):
    client = sign_in(cast.omar)
    url = reverse("territories:operator_desk")
    data = {"name": "Pays de Fiction", "slug": "pays-de-fiction", "network": cast.network.pk, "manager_email": "x@exemple.test"}
    assert client.post(url, data).status_code == 302
    assert Invitation.objects.get(email="x@exemple.test").role == Role.MANAGER
    again = client.post(url, data)
    assert again.status_code == 422
    assert "porte déjà cette adresse" in again.content.decode()
    page = client.get(url).content.decode()
    assert "Pays de Fiction" in page
    assert "Boulangerie Fictive" not in page


@pytest.mark.parametrize("person", ["alice", "farid", "bob"])
def test_nobody_else_sits_at_the_operator_s_desk(sign_in, cast, person):
    assert sign_in(cast.people[person]).get(reverse("territories:operator_desk")).status_code == 403


def test_the_command_names_an_operator_who_signs_in_by_code(db):
    out = StringIO()
    call_command("create_operator", "exploitant@exemple.test", stdout=out)
    user = User.objects.get(email="exploitant@exemple.test")
    assert user.is_operator
    assert not user.has_usable_password()
    assert "compte créé" in out.getvalue()
    with pytest.raises(CommandError, match="valide"):
        call_command("create_operator", "pas-une-adresse")


def test_an_invitation_sent_twice_by_a_double_press_keeps_its_first_link(cast, sign_in):
    """A second one would close the first, whose mail has already left."""
    client = sign_in(cast.alice)
    typed = {"email": "neuf@exemple.test", "role": "colleague", "idempotency_key": "une-page"}
    for _ in range(2):
        assert client.post(reverse("territories:member_invite", args=["demarche-a"]), typed).status_code == 302
    assert Invitation.objects.filter(revoked_at=None).count() == Invitation.objects.count() == 1
    assert OutboxMessage.objects.filter(recipient="neuf@exemple.test").count() == 1


@pytest.mark.parametrize(("field", "word"), [("report_month", "1 à 12"), ("report_day", "1 à 31")])
def test_the_date_of_the_report_is_a_date(cast, sign_in, field, word):
    typed = {"name": "A", "version": cast.a.version, "report_month": 1, "report_day": 31, "default_confidentiality": "demarche"}
    page = sign_in(cast.alice).post(reverse("territories:demarche_settings", args=["demarche-a"]), typed | {field: 0})
    assert page.status_code == 422
    assert word in page.content.decode()
