"""What the browser's tests do over and over: sign in, read the demonstration's mailbox, compute a second factor."""

import base64
import hashlib
import hmac
import re
import struct
import time
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WAIT_MS = 15_000
CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,5})\s*$", re.MULTILINE)
# A refused form is an answer like another: the browser's note about its status is not an error of the page.
REFUSED_FORM = re.compile(r"server responded with a status of (409|422|404|429)")


@dataclass
class Trouble:
    """Everything a page should never do: errors in the console, refused resources, broken answers."""

    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"exception : {error.error}"))
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED_FORM.search(message.text):
            self.found.append(f"{message.page.url if message.page else '?'} : {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.found.append(f"{response.url} répond {response.status}")


def new_page(browser: Browser, trouble: Trouble, address: str, *, size: dict = DESK, **options) -> Page:
    """A page of a fresh browser, as another person or another device would have it."""
    context = browser.new_context(
        base_url=address, locale="fr-FR", timezone_id="Europe/Paris", viewport=size, reduced_motion="reduce", **options
    )
    context.set_default_timeout(WAIT_MS)
    trouble.watch(context)
    return context.new_page()


def sign_in(page: Page, email: str, password: str) -> None:
    """By the sign-in page, with the password."""
    page.goto("/comptes/login/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/comptes/login/" not in url)


def letters(page: Page, recipient: str) -> list[str]:
    """The texts of the messages written to that address, newest first, as the mailbox page shows them."""
    page.goto(f"/boite-aux-lettres/?recipient={recipient}")
    links = page.locator("#messages tbody th a").all()
    addresses = [link.get_attribute("href") for link in links]
    texts = []
    for address in addresses:
        page.goto(address)
        texts.append(page.locator("main").inner_text())
    return texts


def last_letter(browser: Browser, trouble: Trouble, address: str, recipient: str, *, having: str = "") -> str:
    """The newest message written to that address that holds `having`; waits for it a little."""
    page = new_page(browser, trouble, address)
    try:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for text in letters(page, recipient):
                if having in text:
                    return text
            time.sleep(0.3)
        raise AssertionError(f"Aucun message à {recipient} ne contient « {having} »")
    finally:
        page.context.close()


def link_in(text: str, part: str) -> str:
    """The first address of a message that holds `part`."""
    found = next((link for link in re.findall(r"https?://\S+", text) if part in link), None)
    assert found, text
    return found


def code_in(text: str) -> str:
    """The one-time code that stands alone on its line in a message."""
    found = CODE.search(text)
    assert found, text
    return found.group(1)


def totp(secret: str, at: float | None = None) -> str:
    """The six digits an authenticator shows: RFC 6238, 30 s, SHA-1."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
