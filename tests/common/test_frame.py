"""The frame of every page: it stands with little context, carries the reader's theme, and hides nothing from a keyboard."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path, reverse

from eit_platform.common.styleguide import styleguide

# The style guide is not served in production: these addresses are the project's, with it.
urlpatterns = [path("styleguide/", styleguide, name="styleguide"), path("", include("eit_platform.urls"))]


class Access:
    """What the frame asks of the right to enter a démarche."""

    class demarche:
        name = "Vallée <Fictive>"
        slug = "vallee-fictive"

    role_label = "Chargée de mission"


class Alice:
    is_authenticated = True

    def __str__(self):
        return "Alice Exemple"


def page(**context) -> str:
    return render_to_string("base.html", context)


def test_the_frame_stands_without_request_person_or_demarche():
    html = page()
    assert '<main id="contenu"' in html
    assert "Accessibilité\u00a0: non conforme, audit non réalisé" in html
    assert "csrf" not in html.lower()


def test_the_skip_link_comes_first_and_leads_to_the_content():
    body = page().split("<body")[1]
    first_link = re.search(r'<a [^>]*href="([^"]+)"', body)
    assert first_link.group(1) == "#contenu"


def test_the_theme_is_on_the_root_so_that_nothing_flashes():
    assert 'data-theme="dark"' in page(theme="dark")
    assert "data-theme=" not in page(theme="")


def test_htmx_is_configured_for_a_strict_content_policy():
    found = re.search(r"<meta name=\"htmx-config\" content='([^']+)'", page())
    config = json.loads(found.group(1))
    assert config["includeIndicatorStyles"] is False
    assert config["allowEval"] is False
    assert config["allowScriptTags"] is False
    assert config["historyCacheSize"] == 0  # a page with personal data must not stay in the browser's storage


def test_a_demarche_shows_its_name_escaped_and_its_rail():
    nav = [
        {"label": "Accueil", "url": "/a/", "icon": "home", "current": True, "count": ""},
        {"label": "Acteurs", "url": "/b/", "icon": "actors", "current": False, "count": 148},
    ]
    html = page(access=Access, nav=nav, user=Alice())
    assert "Vallée &lt;Fictive&gt;" in html
    assert "<Fictive>" not in html
    assert html.count("aria-current") == 1
    assert "148" in html
    assert "Alice Exemple" in html


def test_the_demonstration_links_its_mailbox_from_every_page():
    assert 'href="/courrier/"' in page(demo_mailbox_url="/courrier/")
    assert "démonstration" not in page(demo_mailbox_url="")


@pytest.mark.parametrize("code", ["400", "403", "404", "409", "429", "csrf_failure"])
def test_an_error_page_says_what_happened_and_offers_a_way_out(code):
    html = render_to_string(f"{code}.html", request=RequestFactory().get("/x/"))
    assert html.count("<h1>") == 1
    assert "Revenir à l’accueil" in html


def test_a_refusal_shows_its_own_reason():
    html = render_to_string("409.html", {"message": "La fiche a changé à 9 h."})
    assert "La fiche a changé à 9 h." in html


def test_the_breakdown_page_asks_nothing_of_the_database_or_the_session():
    html = render_to_string("500.html")
    assert "Une panne de notre côté" in html
    assert "<form" not in html


@pytest.mark.django_db
class TestStyleguide:
    @pytest.fixture(autouse=True)
    def addresses(self, settings):
        settings.ROOT_URLCONF = __name__

    def test_it_shows_every_component(self, client):
        response = client.get(reverse("styleguide"))
        html = response.content.decode()
        assert response.status_code == 200
        for mark in ("hero", "tag--late", "btn--danger", "field--error", "stage--off", "crumbs", "tabs", "steps", "chip"):
            assert mark in html
        for mark in ("table--cards", "timeline", "toast", "progress", "empty", "dialog", "disclosure", "chart", "bars"):
            assert mark in html

    def test_it_has_no_identifier_twice(self, client):
        ids = re.findall(r'\sid="([^"]+)"', client.get(reverse("styleguide")).content.decode())
        assert sorted(ids) == sorted(set(ids))

    def test_it_is_not_served_in_production(self, client, settings):
        settings.STYLEGUIDE = False
        assert client.get(reverse("styleguide")).status_code == 404
