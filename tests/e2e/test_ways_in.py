"""The main pages without a mouse, and the questionnaire without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from eit_platform.demonstration.accounts import ACCOUNTS, PASSWORD
from tests.e2e.browsing import PHONE, last_letter, link_in, new_page

pytestmark = pytest.mark.e2e

MANAGER = next(account.email for account in ACCOUNTS if account.key == "manager")
MOST_TABS = 120


@pytest.fixture(scope="module")
def objects(product) -> dict[str, str]:
    return dict(line.split("\t") for line in product.script("list_objects.py").strip().splitlines())


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what has the focus carries these words as its name; each stop must be visible."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; const label = e.labels && e.labels[0]; "
            "return (e.getAttribute('aria-label') || (label ? label.textContent : e.textContent) || '').trim() }"
        )
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        if re.search(words, name):
            assert outline != "none", f"« {name} » ne montre pas qu’il a le curseur"
            return
    raise AssertionError(f"« {words} » n’est pas atteint au clavier sur {page.url}")


def test_a_manager_signs_in_and_decides_on_a_lead_with_the_keyboard_only(open_page, objects):
    page = open_page()
    page.goto("/comptes/login/")
    tab_to(page, "^Adresse électronique")
    page.keyboard.type(MANAGER)
    tab_to(page, "^Mot de passe$")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(objects["synergies:lead_detail lead"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    tab_to(page, "^Garder comme synergie")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("devient une synergie"))).to_be_visible()


def test_the_questionnaire_is_answered_without_javascript(browser, trouble, product, objects, open_page):
    letter = last_letter(browser, trouble, product.address, objects["questionnaire recipient"], having="/q/")
    page = open_page(size=PHONE, java_script_enabled=False)
    page.goto(link_in(letter, "/q/"))
    page.get_by_role("button", name=re.compile("Commencer|Reprendre")).click()
    page.get_by_role("textbox").first.fill("De la sciure de bois")
    page.get_by_role("button", name="Ajouter ce surplus").click()
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("radio", name=re.compile("^Sciure de bois")).check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Combien").fill("12,5")
    page.get_by_label("Unité").select_option("t")
    page.get_by_label(re.compile("Mots ou chiffres")).fill("03 01 05")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_label("Combien")).to_have_value("12,5")
    page.get_by_role("radio", name=re.compile("03 01 05")).check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Enregistrer cette ligne").click()
    expect(page.get_by_role("heading", name="De la sciure de bois")).to_be_visible()
    expect(page.get_by_text(re.compile("12,5.t"))).to_be_visible()


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_fault(browser, trouble, product, objects):
    page = new_page(browser, trouble, product.address)
    page.goto("/comptes/login/")
    page.get_by_label("Adresse électronique").fill(MANAGER)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.goto(f"{objects['actors:add']}")
    page.get_by_label("Nom usuel ou enseigne").fill("Atelier d’essai")
    page.get_by_label(re.compile("^SIRET")).last.fill("12345678901234")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_label("Nom usuel ou enseigne")).to_have_value("Atelier d’essai")
    expect(page.get_by_label(re.compile("^SIRET")).last).to_have_attribute("aria-invalid", "true")
    page.context.close()
