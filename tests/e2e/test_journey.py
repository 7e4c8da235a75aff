"""The main job of a chargé(e) de mission, from the sign-in to the funder's report, in a real browser.

The tests of this file are the steps of one journey: they run in this order and share what they made.
"""

import datetime
import hashlib
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.browsing import PHONE, code_in, last_letter, link_in, sign_in, totp

pytestmark = pytest.mark.e2e

SLUG = "parcours"
NAME = "Démarche du parcours"
PASSWORD = "une phrase pour les essais"
MANAGER = "camille@parcours.test"
ELECTED = "dominique@parcours.test"
COLLEAGUE = "sacha@parcours.test"
SIRENE_FILE = Path(__file__).with_name("fixtures") / "stock_etablissement.csv"
# A company that the stand-in for the public register knows, and the three that are asked for their flows.
REGISTERED_SIRET, REGISTERED_NAME = "000 090 019 00019", "BISCUITERIE FICTIVE"
ASKED = {
    "MALTERIE FICTIVE DE LA VALLEE": "malterie@parcours.test",
    "SERRES EXEMPLE": "serres@parcours.test",
    "MENUISERIE TEMOIN": "menuiserie@parcours.test",
}
MALTINGS, GREENHOUSES, JOINERY = ASKED
WOOD = "Bois d’emballage|palettes cassées"


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


def send_file(page: Page, home: str) -> None:
    page.goto(f"{home}acteurs/import/")
    page.get_by_label("Fichier StockEtablissement").set_input_files(SIRENE_FILE)
    page.get_by_role("button", name="Lire le fichier").click()


def big_figure(page: Page, label: str) -> str:
    """The figure shown above its label in the preview of an import."""
    return found_in(page, rf"(\d+)\s+{label}")


def small_figure(page: Page, label: str) -> str:
    """The figure told after its label in the preview of an import."""
    return found_in(page, rf"{label}\s+(\d+)")


def found_in(page: Page, pattern: str) -> str:
    text = page.locator("main").inner_text()
    found = re.search(pattern, text, re.IGNORECASE)
    assert found, text
    return found.group(1)


class TestCompanies:
    def test_a_sirene_file_is_shown_before_it_is_imported(self, manager, demarche):
        send_file(manager, demarche.home)
        expect(manager.get_by_role("heading", level=1)).to_have_text("Voici ce que l’import changerait")
        assert big_figure(manager, "nouveaux") == "5"
        assert small_figure(manager, "fermés, laissés de côté") == "1"
        assert small_figure(manager, "hors du périmètre") == "1"
        assert small_figure(manager, "à diffusion partielle") == "1"
        manager.get_by_role("button", name="Importer").click()
        expect(manager.get_by_role("heading", level=1)).to_have_text("Le fichier est importé")
        manager.get_by_role("link", name="Voir les acteurs").click()
        for name in ASKED:
            expect(manager.get_by_role("link", name=name)).to_be_visible()
        expect(manager.get_by_text("CONSERVERIE FERMEE")).to_have_count(0)

    def test_importing_the_same_file_again_changes_nothing(self, manager, demarche):
        send_file(manager, demarche.home)
        expect(manager.get_by_role("heading", level=1)).to_have_text("Ce fichier n’apporte rien de nouveau")
        assert [big_figure(manager, label) for label in ("nouveaux", "modifiés")] == ["0", "0"]
        assert small_figure(manager, "inchangés") == "5"

    def test_one_company_is_added_by_its_siret(self, manager, demarche):
        manager.goto(f"{demarche.home}acteurs/ajouter/")
        manager.get_by_label("SIRET à chercher").fill(REGISTERED_SIRET)
        manager.get_by_role("button", name="Remplir").click()
        expect(manager.get_by_text("Fiche remplie depuis l’annuaire des entreprises")).to_be_visible()
        expect(manager.get_by_label("Nom usuel ou enseigne")).to_have_value(re.compile(REGISTERED_NAME))
        manager.get_by_role("button", name="Enregistrer").click()
        expect(manager.get_by_role("heading", level=1)).to_contain_text(REGISTERED_NAME)

    def test_a_siret_with_a_wrong_key_is_refused_with_words(self, manager, demarche):
        manager.goto(f"{demarche.home}acteurs/ajouter/")
        manager.get_by_label("SIRET à chercher").fill("00009001900018")
        manager.get_by_role("button", name="Remplir").click()
        expect(manager.locator("main").get_by_role("alert")).to_contain_text("SIRET")
        expect(manager.get_by_label("Nom usuel ou enseigne")).to_be_editable()


def begin(page: Page, words: str, *, add: str, need: bool | None = None) -> None:
    """Notes one thing on the screen of a section; leads to what we understood of it."""
    page.get_by_role("textbox").first.fill(words)
    if need is not None:
        page.get_by_label("en avez besoin" if need else "en avez trop, ou le proposez").check()
    page.get_by_role("button", name=add, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que nous avons compris")


def tell(page: Page, resource: str, quantity: str, unit: str, **more: str) -> None:
    """Accepts a resource, says how much and anything else asked on that screen, and keeps the line."""
    page.get_by_role("radio", name=re.compile(f"^{re.escape(resource)}")).check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Combien").fill(quantity)
    page.get_by_label("Unité").select_option(unit)
    for label, value in more.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quand, et qui peut le voir")
    page.get_by_role("button", name="Enregistrer cette ligne").click()


class TestQuestionnaire:
    def test_a_campaign_is_written_to_three_establishments(self, manager, demarche):
        manager.goto(f"{demarche.home}campagnes/nouvelle/")
        for name in ASKED:
            manager.get_by_role("checkbox", name=re.compile(name)).check()
        manager.get_by_label("Nom de la campagne").fill("Premiers flux")
        manager.get_by_role("button", name="Relire avant d’envoyer").click()
        for name, address in ASKED.items():
            manager.get_by_label(re.compile(f"Adresse électronique.*{name}")).fill(address)
            manager.get_by_role("button", name=re.compile(f"Noter l’adresse.*{name}")).click()
            expect(manager.get_by_text(address)).to_be_visible()
        expect(manager.get_by_role("heading", level=1)).to_have_text("Prêt à partir vers 3 établissements")
        manager.get_by_role("button", name="Envoyer", exact=True).click()
        expect(manager.get_by_text("Questionnaire envoyé à 3 établissements.")).to_be_visible()

    def test_on_a_phone_without_account_two_things_too_many_are_told_then_one_leaves_and_comes_back(
        self, open_page, browser, trouble, product, demarche
    ):
        letter = last_letter(browser, trouble, product.address, ASKED[MALTINGS], having="/q/")
        demarche.link = link_in(letter, "/q/")
        page = open_page(size=PHONE)
        page.goto(demarche.link)
        assert "/q/" not in page.url
        page.get_by_role("button", name="Commencer").click()
        begin(page, "Bois d’emballage, des palettes cassées", add="Ajouter ce surplus")
        page.get_by_role("radio", name=re.compile("^Palettes cassées")).check()
        page.get_by_role("button", name="Continuer").click()
        page.get_by_label("Combien").fill("40")
        page.get_by_label("Unité").select_option("t")
        page.get_by_label(re.compile("Mots ou chiffres")).fill("15 01 03")
        page.get_by_role("radio", name=re.compile("15 01 03")).check()
        page.get_by_role("button", name="Continuer").click()
        page.get_by_role("button", name="Enregistrer cette ligne").click()
        expect(page.get_by_role("heading", name=re.compile("palettes cassées"))).to_be_visible()
        begin(page, "De l’eau chaude à 70 °C", add="Ajouter ce surplus")
        tell(page, "Eau chaude de 50 à 90", "900", "MWh", Température="70")
        expect(page.get_by_role("heading", name="De l’eau chaude à 70 °C")).to_be_visible()

        state = page.context.storage_state()
        page.context.close()
        back = open_page(size=PHONE, storage_state=state)
        back.goto(demarche.link)
        back.get_by_role("button", name="Reprendre").click()
        expect(back.get_by_role("heading", name="De l’eau chaude à 70 °C")).to_be_visible()
        back.get_by_role("link", name="Continuer vers vos besoins").click()
        back.get_by_role("link", name="Continuer vers le partage").click()
        begin(back, "Une formation sécurité pour nos équipes", add="Ajouter", need=True)
        tell(back, "Formation mutualisée", "20", "h")
        expect(back.get_by_role("heading", name="Une formation sécurité pour nos équipes")).to_be_visible()

    def test_on_another_device_the_answers_are_shown_after_a_code_and_the_last_one_is_added(
        self, open_page, browser, trouble, product, demarche
    ):
        page = open_page()
        page.goto(demarche.link)
        expect(page.get_by_text("Des réponses ont déjà été données depuis un autre appareil.")).to_be_visible()
        expect(page.get_by_text("palettes cassées")).to_have_count(0)
        page.get_by_role("link", name="Revoir mes réponses avec un code").click()
        page.get_by_role("button", name="Envoyer le code").click()
        letter = last_letter(browser, trouble, product.address, ASKED[MALTINGS], having="code")
        page.get_by_label("Code à six chiffres").fill(re.search(r"\b(\d{6})\b", letter).group(1))
        page.get_by_role("button", name="Voir mes réponses").click()
        page.goto(page.url.split("/questionnaire/")[0] + "/questionnaire/" + uuid_of(page.url) + "/partage/")
        expect(page.get_by_role("heading", name="Une formation sécurité pour nos équipes")).to_be_visible()
        begin(page, "Notre expertise en réglage de brûleurs", add="Ajouter", need=False)
        page.get_by_role("button", name="Continuer").click()
        page.get_by_label("Combien").fill("10")
        page.get_by_label("Unité").select_option("h")
        page.get_by_role("button", name="Continuer").click()
        page.get_by_role("button", name="Enregistrer cette ligne").click()
        page.get_by_role("link", name="Relire et terminer").click()
        for words in ("palettes cassées", "eau chaude", "formation sécurité", "réglage de brûleurs"):
            expect(page.get_by_role("heading", name=re.compile(words))).to_be_visible()
        page.get_by_role("button", name="Terminer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est enregistré")
        expect(page.get_by_text("4 lignes notées.")).to_be_visible()

    def test_an_altered_link_opens_nothing_and_says_what_to_do(self, open_page, demarche):
        page = open_page()
        page.goto(demarche.link[:-4] + "AAAA/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre rien, ou plus rien")


def uuid_of(address: str) -> str:
    return re.search(r"/questionnaire/([0-9a-f-]{36})/", address).group(1)


def declare(page: Page, home: str, site: str, words: str, resource: str, quantity: str, unit: str) -> None:
    """A need noted by the chargé(e) de mission for one establishment."""
    page.goto(f"{home}flux/nouveau/")
    page.get_by_role("link", name=site).click()
    page.locator("label").filter(has_text="en manque").click()
    page.get_by_label("De quoi s’agit-il").fill(words)
    page.get_by_role("radio", name=re.compile(f"^{re.escape(resource)}")).check()
    page.get_by_label(re.compile("^Quantité")).first.fill(quantity)
    page.get_by_label("Unité", exact=True).select_option(unit)
    page.get_by_label("Période").select_option("year")
    page.get_by_label(re.compile("^L’équipe de la démarche")).first.check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


class TestLeadsAndSynergies:
    def test_two_needs_meet_what_was_declared(self, manager, demarche):
        declare(manager, demarche.home, GREENHOUSES, "Eau chaude pour les serres", "Eau chaude de 50 à 90", "700", "MWh")
        declare(manager, demarche.home, JOINERY, "Palettes à réparer", "Palettes cassées", "30", "t")
        manager.goto(f"{demarche.home}pistes/")
        for words in ("Eau chaude", WOOD):
            wait_for_row(manager, words)

    def test_a_lead_explains_itself_then_is_kept_as_a_synergy(self, manager, demarche):
        manager.goto(f"{demarche.home}pistes/")
        manager.get_by_role("link", name=re.compile(WOOD, re.IGNORECASE)).first.click()
        page = manager.locator("main")
        for told in (MALTINGS, JOINERY, "palettes cassées", "sur 100", "à vol d’oiseau"):
            expect(page).to_contain_text(told)
        for part in ("Ressource", "Quantité", "Distance", "Saison"):
            expect(page.get_by_text(part, exact=False).first).to_be_visible()
        manager.get_by_role("button", name="Garder comme synergie").click()
        expect(manager.get_by_text(re.compile("devient une synergie"))).to_be_visible()
        demarche.synergy = manager.url

    def test_the_next_step_has_an_owner_and_a_date_and_the_synergy_becomes_qualified(self, manager, demarche):
        manager.goto(demarche.synergy)
        step = manager.get_by_role("region", name="Et maintenant")
        step.get_by_label("Prochaine action").fill("Appeler le chef d’atelier")
        step.get_by_label("Qui s’en charge").select_option(label="Camille Exemple")
        step.get_by_label("Pour le").fill(datetime.date.today().isoformat())
        step.get_by_role("button", name="Enregistrer l’action").click()
        expect(manager.get_by_text("Prochaine action enregistrée.")).to_be_visible()
        stage = manager.get_by_role("region", name="Changer d’étape")
        stage.get_by_label("Étape", exact=True).select_option("qualified")
        stage.get_by_role("button", name="Enregistrer l’étape").click()
        expect(manager.get_by_text("Étape enregistrée.")).to_be_visible()
        expect(manager.get_by_role("region", name="Journal")).to_contain_text("Qualifiée")
        manager.goto(demarche.home)
        expect(manager.locator("main")).to_contain_text("Appeler le chef d’atelier")

    def test_an_expected_impact_names_its_factor_and_its_source(self, manager, demarche):
        manager.goto(demarche.synergy)
        manager.get_by_role("link", name="Ajouter un impact").click()
        manager.get_by_label("Que voulez-vous chiffrer").select_option("co2_avoided")
        manager.get_by_role("button", name="Choisir").click()
        manager.get_by_label("Quantité échangée par an").fill("30")
        manager.get_by_label("Traitement évité").select_option(index=1)
        manager.locator("label").filter(has_text="attendu").click()
        calculation = manager.get_by_role("region", name="Le calcul").or_(manager.locator("#calcul"))
        expect(calculation.first).to_contain_text("CO")
        manager.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(manager.get_by_text("Impact enregistré.")).to_be_visible()
        effects = manager.get_by_role("region", name="Ce qu’elle apporte")
        effects.get_by_text("D’où vient ce chiffre").first.click()
        expect(effects).to_contain_text("Base Carbone")


def wait_for_row(page: Page, words: str) -> None:
    """Leads appear when the search that follows a declaration is over."""
    for _attempt in range(20):
        if page.get_by_role("link", name=re.compile(words, re.IGNORECASE)).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"Aucune piste « {words} »\n{page.locator('main').inner_text()}")


class TestDashboard:
    def test_the_manager_reads_where_the_demarche_stands(self, manager, demarche):
        manager.goto(f"{demarche.home}tableau-de-bord/")
        page = manager.locator("main")
        expect(page).to_contain_text("Synergies suivies")
        expect(page).to_contain_text("attendu")

    def test_the_elected_member_reads_the_essential_on_a_phone(self, open_page, demarche):
        page = open_page(size=PHONE)
        sign_in(page, ELECTED, PASSWORD)
        page.goto(f"{demarche.home}tableau-de-bord/")
        expect(page.get_by_role("banner")).to_contain_text("Démarche du parcours")
        expect(page.locator("main")).to_contain_text("synergies en fonctionnement")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for secret in (MALTINGS, "palettes cassées", "Appeler le chef d’atelier"):
            expect(page.get_by_text(secret)).to_have_count(0)


class TestAnnualReport:
    def test_a_job_builds_it_and_the_page_shows_its_progress(self, manager, demarche):
        manager.goto(f"{demarche.home}rapports/nouveau/")
        manager.get_by_label("Votre mot d’introduction").fill("Une première année pour se connaître.")
        manager.get_by_role("button", name="Produire et figer le rapport").click()
        download = manager.get_by_role("link", name="Lire le rapport (PDF)")
        for _attempt in range(60):
            if download.count():
                break
            manager.wait_for_timeout(1000)
            manager.reload()
        expect(download).to_be_visible()
        demarche.report = manager.url

    def test_its_two_files_hold_the_year_and_do_not_change_when_the_data_do(self, manager, demarche):
        before = downloaded(manager, demarche.report)
        document = PdfReader(io.BytesIO(before["PDF"]))
        text = "\n".join(sheet.extract_text() for sheet in document.pages)
        for words in (NAME, "Une première année pour se connaître.", "Base Carbone"):
            assert words in " ".join(text.split()), words
        assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert json.loads(before["JSON"])
        expect(manager.locator("main")).to_contain_text(hashlib.sha256(before["JSON"]).hexdigest())
        declare(manager, demarche.home, GREENHOUSES, "Compost pour les semis", "Garder les mots", "12", "t")
        after = downloaded(manager, demarche.report)
        assert {name: hashlib.sha256(data).hexdigest() for name, data in after.items()} == {
            name: hashlib.sha256(data).hexdigest() for name, data in before.items()
        }


def downloaded(page: Page, report: str) -> dict[str, bytes]:
    """The two files of a report's page, by kind."""
    page.goto(report)
    files = {}
    for kind in ("PDF", "JSON"):
        answer = page.context.request.get(page.get_by_role("link", name=f"({kind})").get_attribute("href"))
        assert answer.ok, answer.status
        files[kind] = answer.body()
    return files
