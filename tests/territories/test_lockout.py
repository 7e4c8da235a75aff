"""Passwords and codes can't be tried for ever, and a second factor that is asked opens nothing before it is set up."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def totp_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(timezone.now().timestamp()) // 30))


def signs_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_the_ninth_password_is_refused_even_right(cast):
    for _ in range(8):
        assert signs_in(Client(), cast.alice, "pas le bon mot de passe").status_code == 200
    assert signs_in(Client(), cast.alice).status_code == 200
    assert signs_in(Client(), cast.bob).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(cast):
    for _ in range(2):
        for _ in range(7):
            signs_in(Client(), cast.alice, "pas le bon mot de passe")
        assert signs_in(Client(), cast.alice).status_code == 302


def test_the_ninth_code_of_the_second_factor_is_refused_even_right(cast):
    TOTP.activate(cast.alice, SECRET)
    client = Client()
    asked = signs_in(client, cast.alice)
    assert asked.url == reverse("mfa_authenticate")
    for _ in range(8):
        assert client.post(asked.url, {"code": "000000"}).status_code == 200
    refused = client.post(asked.url, {"code": totp_now()})
    assert refused.status_code == 200
    assert "sessionid" not in refused.cookies
    assert client.get(reverse("workspace:choose")).status_code == 302


def test_a_right_code_of_the_second_factor_signs_in(cast):
    TOTP.activate(cast.alice, SECRET)
    client = Client()
    asked = signs_in(client, cast.alice)
    assert client.post(asked.url, {"code": "000000"}).status_code == 200
    assert client.post(asked.url, {"code": totp_now()}).status_code == 302
    assert client.get(reverse("workspace:choose")).status_code == 200


def test_the_second_factor_asked_again_is_counted_too(cast):
    TOTP.activate(cast.alice, SECRET)
    client = Client()
    client.force_login(cast.alice)
    again = reverse("mfa_reauthenticate")
    for _ in range(8):
        assert client.post(again, {"code": "000000"}).status_code == 200
    assert client.post(again, {"code": totp_now()}).status_code == 200


@pytest.mark.parametrize("name", ["territories:token_list", "workspace:choose"])
def test_where_the_second_factor_is_enforced_nothing_opens_before_it(cast, sign_in, settings, name):
    settings.SECOND_FACTOR_ENFORCED = True
    answer = sign_in(cast.alice).get(reverse(name))
    assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))
    assert sign_in(cast.bob).get(reverse(name)).status_code == 200
