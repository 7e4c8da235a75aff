"""One product and one browser for all tests of this folder; they end before the tests that use the database directly."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.browsing import Trouble, new_page
from tests.e2e.stack import running_product


@pytest.fixture(scope="package")
def product():
    with running_product() as started:
        yield started


@pytest.fixture(scope="package")
def browser():
    program = os.environ.get("BOUCLES_CHROMIUM") or shutil.which("chromium")
    assert program, "Il faut un Chromium : apt-get install chromium, ou BOUCLES_CHROMIUM."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], timeout=60_000)
        yield launched
        launched.close()


@pytest.fixture
def trouble(product):
    """Fails the test whose pages logged an error, broke the content policy, or met a broken answer."""
    seen = Trouble()
    log = product.logs / "web.log"
    start = log.stat().st_size
    yield seen
    assert seen.found == [], log.read_bytes()[start:].decode(errors="replace")[-3000:]


@pytest.fixture
def open_page(browser, trouble, product):
    """`open_page(size=…, …)` opens a fresh browser, as another person or another device would have it."""
    opened = []

    def open_one(**options):
        page = new_page(browser, trouble, product.address, **options)
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        page.context.close()
