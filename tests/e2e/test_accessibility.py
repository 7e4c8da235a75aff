"""Every page, for each person who may open it, on a phone and on a desk: no axe violation, no error, light to load."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from eit_platform.demonstration.accounts import ACCOUNTS, PASSWORD
from tests.e2e.browsing import DESK, PHONE, Trouble, last_letter, link_in, new_page, sign_in
from tests.e2e.stack import Product
from tests.permission_table import ROWS, Row

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

FULL = bool(os.environ.get("BOUCLES_FULL"))
AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST = {"width": 320, "height": 640}
WEIGHT_LIMIT, REQUEST_LIMIT = 200_000, 20
# Whose column of the permission table tells which pages a person of the demonstration may open.
PEOPLE = {"manager": "alice", "elected": "denis", "company": "bob"}
if FULL:
    PEOPLE |= {"colleague": "gaelle", "partner": "edith"}
# Pages that answer with a file, with data, or with a part of another page.
NOT_PAGES = (
    "_pdf", "_data", "export", "health", "download", "webauthn_login", "login_webauthn", "waste_codes", "flow_suggest",
    "schema", "logo",
)  # fmt: skip
DARK_TOO = ("workspace:home", "synergies:lead_detail", "reporting:dashboard", "synergies:flow_create", "account_login")


@dataclass
class Findings:
    """What is wrong with the pages that were opened, and how many were."""

    wrong: list[str] = field(default_factory=list)
    opened: int = 0


def is_page(row: Row) -> bool:
    return not row.api and not any(part in row.name for part in NOT_PAGES)


def audit(page: Page, address: str, found: Findings, what: str) -> None:
    """Runs axe on the page as it stands."""
    page.evaluate(AXE)
    result = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    found.opened += 1
    for violation in result["violations"]:
        where = "; ".join(" ".join(node["target"]) for node in violation["nodes"][:3])
        found.wrong.append(f"{what} {address} : {violation['id']} – {violation['help']} ({where})")


def come_first(page: Page, address: str, found: Findings, what: str) -> bool:
    """Opens the address as a browser that never came, counts what it loads; whether there is a page to look at."""
    responses: list[Response] = []

    def note(response: Response) -> None:
        responses.append(response)

    page.on("response", note)
    answer = page.goto(address)
    page.remove_listener("response", note)
    loaded = [response for response in responses if not response.url.startswith("data:")]
    weight = sum(
        sum(response.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize")) for response in loaded
    )
    if weight > WEIGHT_LIMIT:
        found.wrong.append(f"{what} {address} pèse {weight} octets")
    if len(loaded) > REQUEST_LIMIT:
        found.wrong.append(f"{what} {address} demande {len(loaded)} fichiers")
    if answer is None or answer.status >= 400:
        found.wrong.append(f"{what} {address} répond {answer.status if answer else 'rien'}")
        return False
    return True


def check(page: Page, address: str, found: Findings, what: str) -> None:
    """A page at both widths, and nothing that sticks out on the smallest phone."""
    if not come_first(page, address, found, what):
        return
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        audit(page, address, found, f"{what} à {size['width']} px")
    page.set_viewport_size(SMALLEST)
    wide = 0
    for _attempt in range(20):  # the page is laid out again after its window has changed
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide <= SMALLEST["width"]:
            return
        page.wait_for_timeout(50)
    found.wrong.append(f"{what} {address} : {wide} px de large à 320 px")


def without_cache(page: Page) -> Page:
    """The page, whose browser keeps nothing from one address to the next."""
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


@pytest.fixture(scope="module")
def objects(product: Product) -> dict[str, str]:
    """The arguments that open a page of each kind in the fictitious démarche, as the manager's own pages link them."""
    lines = product.script("list_objects.py").strip().splitlines()
    return dict(line.split("\t") for line in lines)


def pages_of(person: str, objects: dict[str, str]) -> dict[str, str]:
    """Name and address of each page the table opens to that person; of an address with several objects, one."""
    found = {}
    for row in ROWS:
        if is_page(row) and row.expected("GET", person) == 200:
            address = objects.get(row.label)
            if address:
                found.setdefault(address, row.name)
    return {name: address for address, name in found.items()}


def walk(browser: Browser, product: Product, pages: dict[str, str], who: str, figures, *, email: str = "") -> None:
    """Opens every page as that person and asserts that nothing is wrong with any."""
    trouble, found = Trouble(), Findings()
    page = without_cache(new_page(browser, trouble, product.address))
    if email:
        sign_in(page, email, PASSWORD)
    for address in pages.values():
        check(page, address, found, who)
    state = page.context.storage_state()
    page.context.close()
    dark = new_page(browser, trouble, product.address, size=PHONE, color_scheme="dark", storage_state=state)
    for name, address in pages.items():
        if FULL or name in DARK_TOO:
            dark.goto(address)
            audit(dark, address, found, f"{who}, sombre,")
    dark.context.close()
    figures["pages vues par axe"] += found.opened
    wrong = found.wrong + trouble.found
    assert wrong == [], "\n" + "\n".join(wrong)
    assert found.opened > 10, "trop peu de pages ont été ouvertes pour conclure"


@pytest.mark.timeout(420)
@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_of_a_person_is_accessible_and_light(role, browser, product, objects, figures):
    account = next(account for account in ACCOUNTS if account.key == role)
    walk(browser, product, pages_of(PEOPLE[role], objects), role, figures, email=account.email)


def test_every_page_of_an_anonymous_visitor_is_accessible_and_light(browser, product, objects, figures):
    walk(browser, product, pages_of("anonymous", objects), "anonyme", figures)


def test_every_screen_of_the_questionnaire_is_accessible(browser, product, objects, figures):
    trouble, found = Trouble(), Findings()
    page = without_cache(new_page(browser, trouble, product.address, size=PHONE))
    letter = last_letter(browser, trouble, product.address, objects["questionnaire recipient"], having="/q/")
    page.goto(link_in(letter, "/q/"))
    welcome = page.url
    for address in (welcome, f"{welcome}refus/", f"{welcome}trop/", f"{welcome}besoins/", f"{welcome}partage/",
                    f"{welcome}relecture/"):  # fmt: skip
        check(page, address, found, "porteur du lien")
    page.goto(f"{welcome}trop/")
    page.get_by_role("textbox").first.fill("Des palettes en bois")
    with page.expect_navigation():
        page.get_by_role("button", name="Ajouter ce surplus").click()
    for step in ("Continuer", "Continuer", "Enregistrer cette ligne"):
        check(page, page.url, found, "porteur du lien")
        with page.expect_navigation():
            page.get_by_role("button", name=step).click()
    page.context.close()
    figures["pages vues par axe"] += found.opened
    wrong = found.wrong + trouble.found
    assert wrong == [], "\n" + "\n".join(wrong)


def test_axe_finds_what_it_is_for(browser, product):
    page = browser.new_page(base_url=product.address)
    page.set_content("<html><head><title></title></head><body><img src='x'><input></body></html>")
    found = Findings()
    audit(page, "essai", found, "essai")
    page.context.close()
    assert {"image-alt", "label", "html-has-lang", "document-title"} <= {
        line.split(" : ")[1].split(" – ")[0] for line in found.wrong
    }
