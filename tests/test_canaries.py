"""A unique word or number in every confidential field: the net that searches for them catches, and meets them all.

Every answer of the permission table is searched too, in test_permissions.
"""

import pytest
from django.urls import reverse

from operations import jobs
from reporting.models import Report
from reporting.services import request_report
from tests.canary_net import SPACES, Net, asked, shown, told
from tests.permission_table import ROWS
from tests.stage import ask
from tests.world import link_token

pytestmark = pytest.mark.django_db

# Fields that no page of a member shows: searched for all the same. What a company is typing is shown to it alone.
UNSHOWN = ["answer being typed", "synergy summary", "synergy:private summary", "synergy:running summary"]


@pytest.fixture(scope="module")
def net(stage) -> Net:
    return Net(stage.a, stage.b)


def test_the_net_catches_words_and_numbers_however_they_are_written(net):
    word = next(canary for home, canary in net.canaries if canary.where == "private flow label" and home == "a")
    number = next(canary for home, canary in net.canaries if canary.where == "private flow cost" and home == "a")
    written = f"{float(number.text):_.2f}".replace("_", "\u202f").replace(".", ",")
    for text in (f"<td>{word.text}</td>", f"<td>{word.text.upper()}</td>"):
        assert net.caught(text, "gaelle") == ["private flow label de A"]
        assert net.caught(text, "alice") == []
    for text in (number.text, written, f"{round(float(number.text)):,}".replace(",", "\u00a0")):
        assert net.caught(text, "bob") == ["private flow cost de A"], text
    assert net.caught(word.text, "chloe") == ["private flow label de A"]


def test_most_canaries_are_met_by_those_who_may_read_them(stage):
    """Else the search above would prove nothing: each confidential field is shown somewhere to its reader."""
    pages = "\n".join(
        told(ask(stage.clients["alice"], "GET", address, {}, {}))
        for row in ROWS
        for address in asked(row, stage)[:1]
        if row.scoped and row.expected("GET", "alice") == 200
    )
    plain = pages.casefold()
    packed = plain.translate(SPACES)
    unseen = [canary.where for canary in stage.a.canaries if not shown(canary, plain, packed)]
    assert sorted(unseen) == sorted(UNSHOWN), "\n".join(unseen)


def test_a_personal_link_shows_its_own_establishment_only(stage, net, client):
    client.get(reverse("synergies:personal_link", kwargs={"token": link_token(stage.cast.a)}), follow=True)
    uuid = stage.a.uuid("questionnaire")
    for name in ("questionnaire", "questionnaire_review", "questionnaire_code", "questionnaire_refusal"):
        page = client.get(reverse(f"synergies:{name}", kwargs={"uuid": uuid}))
        assert page.status_code == 200, name
        assert net.caught(told(page), "bearer of the link") == [], name
    for section in ("trop", "besoins", "partage"):
        page = client.get(reverse("synergies:questionnaire_section", kwargs={"uuid": uuid, "section": section}))
        assert net.caught(told(page), "bearer of the link") == [], section
    theirs = reverse("synergies:questionnaire", kwargs={"uuid": stage.b.uuid("questionnaire")})
    assert client.get(theirs).status_code == 404


def test_the_annual_report_that_partners_read_holds_no_confidential_word(stage, net):
    report = request_report(demarche=stage.cast.a, actor=stage.cast.alice, year=2026, introduction="")
    jobs.run(report.job_id)
    report = Report.objects.get(pk=report.pk)
    address = reverse("reporting:report_pdf", kwargs={"slug": stage.cast.a.slug, "uuid": report.uuid})
    data = reverse("reporting:report_data", kwargs={"slug": stage.cast.a.slug, "uuid": report.uuid})
    for person in ("denis", "edith"):
        for each in (address, data):
            response = ask(stage.clients[person], "GET", each, {}, {})
            assert response.status_code == 200
            found = [leak for leak in net.caught(told(response), person) if "synergy:running title" not in leak]
            assert found == [], f"{person} {each}"
