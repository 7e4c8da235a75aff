"""Sign-in and account pages: ours, in French, complete for strict templates, and within the content policy."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import allauth
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD

STOCK_WORDS = re.compile(r"\b(the|your|you|sign|please|account|password)\b", re.I)
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.S)


def assert_ours(response, status=200):
    """In our frame, in French, without inline style or handler."""
    assert response.status_code == status
    html = response.content.decode()
    assert '<html lang="fr"' in html
    assert re.search(r"<title>[^<]+ – Boucles</title>", html)
    assert html.count("<h1") == 1
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)
    visible = TAGS.sub(" ", html)
    assert not STOCK_WORDS.search(visible), STOCK_WORDS.search(visible)
    return html


def code_of(message) -> str:
    """The code alone on its line of a mail."""
    return re.search(r"^([A-Z0-9]+-?[A-Z0-9]+)$", message.body, re.M).group(1)


def confirm(client, user) -> None:
    """Sign in, and give the password again as security pages ask."""
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


@pytest.fixture
def alice(cast, client):
    """Alice, signed in, who has confirmed who she is."""
    confirm(client, cast.alice)
    return cast.alice


TEMPLATES = Path(settings.BASE_DIR) / "templates"
MAILS = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_message.txt")
    for app in ("account", "mfa")
    for path in (TEMPLATES / app / "email").glob("*_message.txt")
    if not path.name.startswith("base_")
)
MAIL_CONTEXT = {
    "current_site": {"domain": "boucles.example"},
    "user": "Alice",
    "email": "alice@exemple.fr",
    "deleted_email": "alice@exemple.fr",
    "from_email": "alice@exemple.fr",
    "to_email": "alice@nouveau.fr",
    "code": "ABCD-EFGH",
    "password_reset_url": "https://boucles.example/x/",
    "activate_url": "https://boucles.example/y/",
    "ip": "192.0.2.1",
    "user_agent": "Firefox d’Alice & Cie",
    "timestamp": datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
}


@pytest.mark.parametrize("prefix", MAILS)
def test_a_mail_about_an_account_is_complete_and_in_french(prefix):
    subject = render_to_string(f"{prefix}_subject.txt", MAIL_CONTEXT).strip()
    body = render_to_string(f"{prefix}_message.txt", MAIL_CONTEXT)
    assert subject
    assert "\n" not in subject
    assert body.startswith("Bonjour,")
    assert "boucles.example" in body
    assert "&amp;" not in body  # a text mail is not escaped
    assert not STOCK_WORDS.search(subject + body.replace("account", ""))


def test_every_mail_and_message_of_the_sign_in_library_has_our_words():
    library = Path(allauth.__file__).parent / "templates"
    unused = ("phone_", "account_connected", "account_disconnected")  # no phone, no outside identity provider
    for folder in ("account/email", "account/messages", "mfa/email", "mfa/messages", "usersessions/messages"):
        for path in (library / folder).glob("*.txt"):
            if not path.name.startswith(unused):
                assert (TEMPLATES / folder / path.name).is_file(), f"{folder}/{path.name}"


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_reset_password",
        "account_signup",
        "account_inactive",
    ],
)
@pytest.mark.django_db
def test_a_visitor_meets_our_pages(client, name):
    assert_ours(client.get(reverse(name)))


@pytest.mark.django_db
def test_nobody_is_offered_to_sign_up(client):
    html = assert_ours(client.get(reverse("account_signup")))
    assert "sur invitation" in html
    assert "<form" not in html.split("<main")[1].split("</main>")[0]


def test_a_wrong_password_leads_back_to_the_form_with_a_summary(client, cast):
    response = client.post(reverse("account_login"), {"login": cast.alice.email, "password": "pas le bon mot de passe"})
    html = assert_ours(response)
    assert 'id="form-errors"' in html
    assert 'name="password"' in html


def test_the_sign_in_code_comes_by_a_mail_in_french(client, cast):
    response = client.post(reverse("account_request_login_code"), {"email": cast.alice.email}, follow=True)
    assert_ours(response)
    assert mail.outbox[-1].subject == "Votre code de connexion"
    assert "Voici votre code de connexion" in mail.outbox[-1].body
    refused = client.post(reverse("account_confirm_login_code"), {"code": "FAUX"})
    assert 'aria-invalid="true"' in assert_ours(refused)


def test_a_forgotten_password_is_changed_with_a_code(client, cast):
    assert_ours(client.post(reverse("account_reset_password"), {"email": cast.alice.email}, follow=True))
    assert "mot de passe" in mail.outbox[-1].subject
    code = code_of(mail.outbox[-1])
    page = client.post(reverse("account_confirm_password_reset_code"), {"code": code}, follow=True)
    assert "Choisir un nouveau mot de passe" in assert_ours(page)
    too_short = client.post(reverse("account_complete_password_reset"), {"password1": "court", "password2": "court"})
    assert "14" in assert_ours(too_short)


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "usersessions_list",
    ],
)
def test_a_member_meets_our_pages(client, alice, name):
    assert_ours(client.get(reverse(name)))


def test_a_second_factor_is_switched_on_shown_and_asked(cast):
    # Django's own client: allauth notes, on the page that shows them, that the recovery codes were seen.
    client, alice = Client(), cast.alice
    confirm(client, alice)
    page = assert_ours(client.get(reverse("mfa_activate_totp")))
    secret = re.search(r'id="totp-secret">(\w+)<', page).group(1)
    assert 'src="data:image/svg+xml' in page
    refused = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert 'id="form-errors"' in assert_ours(refused)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    codes = assert_ours(client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True))
    assert "codes sur 10" in codes
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate"):
        assert_ours(client.get(reverse(name)))
    client.post(reverse("account_logout"))
    asked = client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD}, follow=True)
    assert "Deuxième étape" in assert_ours(asked)
    assert_ours(client.post(reverse("mfa_authenticate"), {"code": "1"}))


def test_a_key_can_be_renamed_and_removed(client, alice):
    key = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Téléphone", "credential": {}}
    )
    assert "Téléphone" in assert_ours(client.get(reverse("mfa_edit_webauthn", args=[key.pk])))
    assert "Retirer cette clé" in assert_ours(client.get(reverse("mfa_remove_webauthn", args=[key.pk])))


def test_the_data_of_a_passkey_travels_as_json_and_never_as_script(client, alice):
    html = client.get(reverse("mfa_add_webauthn")).content.decode()
    assert '<script id="webauthn-data" type="application/json">' in html
    scripts = re.findall(r"<script\b([^>]*)>", html)
    assert all("src=" in attributes or "application/json" in attributes for attributes in scripts)
