"""The main job of a chargé(e) de mission, from the sign-in to the funder's report, in a real browser.

The tests of this file are the steps of one journey: they run in this order and share what they made.
"""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import code_in, last_letter, link_in, sign_in, totp

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

SLUG = "parcours"
NAME = "Démarche du parcours"
PASSWORD = "une phrase pour les essais"
MANAGER = "camille@parcours.test"
ELECTED = "dominique@parcours.test"
COLLEAGUE = "sacha@parcours.test"


@pytest.fixture(scope="module")
def demarche(product):
    """An empty démarche of three communes, its chargé(e) de mission and its élu(e); what the steps hand on."""
    assert product.script("open_demarche.py", SLUG, NAME, PASSWORD, MANAGER, ELECTED).strip() == "3"
    return SimpleNamespace(home=f"/d/{SLUG}/")


@pytest.fixture(scope="module")
def manager_state(product, browser, demarche):
    """The cookies of the signed-in chargé(e) de mission, for the steps after the sign-in."""
    context = browser.new_context(base_url=product.address, locale="fr-FR")
    page = context.new_page()
    sign_in(page, MANAGER, PASSWORD)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def manager(open_page, manager_state):
    return open_page(storage_state=manager_state)


class TestSigningIn:
    def test_with_the_password_one_lands_on_the_week_of_the_demarche(self, open_page, demarche):
        page = open_page()
        page.goto(demarche.home)
        assert "/comptes/login/" in page.url
        sign_in(page, MANAGER, PASSWORD)
        page.goto(demarche.home)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("banner")).to_contain_text(NAME)

    def test_a_wrong_password_is_told_without_saying_whether_the_account_exists(self, open_page, demarche):
        answers = []
        for email in (MANAGER, "personne@parcours.test"):
            page = open_page()
            page.goto("/comptes/login/")
            page.get_by_label("Adresse électronique").fill(email)
            page.get_by_label("Mot de passe", exact=True).fill("une autre phrase encore")
            page.get_by_role("button", name="Se connecter", exact=True).click()
            answers.append(page.get_by_role("alert").inner_text())
        assert answers[0] == answers[1]

    def test_with_a_code_received_by_mail(self, open_page, browser, trouble, product, demarche):
        page = open_page()
        page.goto("/comptes/login/")
        page.get_by_role("link", name="Recevoir un code par courriel").click()
        page.get_by_label("Adresse électronique").fill(ELECTED)
        page.get_by_role("button", name="Envoyer le code").click()
        code = code_in(last_letter(browser, trouble, product.address, ELECTED))
        page.get_by_label("Code reçu").fill(code)
        page.get_by_role("button", name="Valider").click()
        page.wait_for_url(lambda url: "/comptes/" not in url)
        expect(page.get_by_role("banner")).to_be_visible()

    def test_a_colleague_invited_by_mail_opens_an_account_then_a_second_factor(
        self, manager, open_page, browser, trouble, product, demarche
    ):
        manager.goto(f"{demarche.home}membres/")
        manager.get_by_role("link", name="Inviter").first.click()
        manager.get_by_label("Adresse électronique").fill(COLLEAGUE)
        manager.get_by_label("Rôle").select_option("colleague")
        manager.get_by_role("button", name="Envoyer l’invitation").click()
        expect(manager.get_by_text(f"Invitation envoyée à {COLLEAGUE}")).to_be_visible()

        colleague = open_page()
        colleague.goto(link_in(last_letter(browser, trouble, product.address, COLLEAGUE), "/invitation/"))
        colleague.get_by_label("Prénom").fill("Sacha")
        colleague.get_by_label("Nom", exact=True).fill("Essai")
        colleague.get_by_label("Mot de passe").fill(PASSWORD)
        colleague.get_by_role("button", name="Ouvrir mon compte").click()
        colleague.wait_for_url(f"**{demarche.home}")

        colleague.goto("/comptes/2fa/")
        colleague.get_by_role("link", name="Activer").first.click()
        if "/reauthenticate" in colleague.url:
            colleague.get_by_label("Mot de passe").fill(PASSWORD)
            colleague.get_by_role("button").filter(has_text="Confirmer").click()
        secret = colleague.locator("#totp-secret").inner_text().strip()
        colleague.get_by_label("Code affiché").fill(totp(secret))
        colleague.get_by_role("button", name="Activer", exact=True).click()
        spare = colleague.locator("#recovery-codes li").first.inner_text().strip()

        elsewhere = open_page()
        sign_in(elsewhere, COLLEAGUE, PASSWORD)
        expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Deuxième étape")
        elsewhere.get_by_label("Code", exact=True).fill(spare)
        elsewhere.get_by_role("button", name="Se connecter").click()
        elsewhere.wait_for_url(f"**{demarche.home}")
