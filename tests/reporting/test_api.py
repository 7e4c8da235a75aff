"""API of the dashboard and of the reports: same rights and same protections as the pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations import jobs
from reporting import pdf, services
from reporting.models import Report
from tests.reporting import factories

BASE = "/api/v1/demarches/demarche-a"


def read(client, path: str, status: int = 200) -> dict:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == status
    return answer.json()


@pytest.fixture
def lived_in(cast):
    factories.populate(cast.a)
    return cast


@pytest.fixture
def frozen(cast, monkeypatch) -> Report:
    monkeypatch.setattr(pdf, "render", lambda data: b"%PDF")
    report = services.request_report(demarche=cast.a, actor=cast.alice, year=2026)
    jobs.run_pending_jobs()
    report.refresh_from_db()
    return report


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to("2026-11-23 17:05:00+01:00", tick=False)


class TestDashboard:
    def test_the_team_reads_whole_figures(self, lived_in, sign_in):
        figures = read(sign_in(lived_in.alice), "dashboard/")
        assert figures["is_protected"] is False
        assert figures["as_of"] == "2026-11-23"
        assert {cell["code"]: cell["value"] for cell in figures["synergies"]["cells"]} == {
            "working": 6,
            "operational": 4,
            "paused": 0,
            "dropped": 5,
        }
        tonnes = next(row for row in figures["impacts"] if row["indicator"] == "waste_diverted")
        assert (tonnes["unit"], tonnes["realised"], tonnes["expected"]) == ("t", 1280, 270)

    def test_a_partner_reads_what_three_sites_make(self, cast, sign_in):
        exchange = factories.synergy(cast.a, [cast.bakery, cast.farm], "running")
        factories.impact(exchange, value="98765")
        answer = sign_in(cast.edith).get(f"{BASE}/dashboard/")
        assert b"98765" not in answer.content
        figures = answer.json()
        assert figures["is_protected"] is True
        assert figures["impacts"][0]["protected"] == ["realised"]
        assert figures["synergies"]["total"] is None

    @pytest.mark.parametrize(("name", "status"), [("denis", 200), ("gaelle", 200), ("bob", 403), ("chloe", 404), ("omar", 404)])
    def test_rights_are_those_of_the_page(self, cast, sign_in, name, status):
        assert sign_in(cast.people[name]).get(f"{BASE}/dashboard/").status_code == status


class TestReports:
    def test_a_frozen_report_is_read_with_its_data(self, cast, sign_in, frozen):
        client = sign_in(cast.edith)
        listed = read(client, "reports/")["results"]
        assert [row["uuid"] for row in listed] == [str(frozen.uuid)]
        assert "data" not in listed[0]
        detail = read(client, f"reports/{frozen.uuid}/")
        assert detail["data"] == frozen.data
        assert (detail["number"], detail["data_sha256"]) == (1, frozen.data_sha256)

    def test_a_draft_is_the_teams(self, cast, sign_in):
        draft = Report.objects.create(demarche=cast.a, year=2026, title="Brouillon")
        client = sign_in(cast.denis)
        assert read(client, "reports/")["results"] == []
        assert read(client, f"reports/{draft.uuid}/", 404)["code"] == "not_found"
        assert read(sign_in(cast.gaelle), f"reports/{draft.uuid}/")["state"] == "draft"

    @pytest.mark.parametrize(("name", "status"), [("bob", 403), ("chloe", 404), ("farid", 404)])
    def test_nobody_else_reads(self, cast, sign_in, frozen, name, status):
        client = sign_in(cast.people[name])
        read(client, "reports/", status)
        read(client, f"reports/{frozen.uuid}/", status)

    def test_without_a_session_it_is_refused(self, cast, client):
        assert client.get(f"{BASE}/reports/").status_code in (401, 403)

    def test_nothing_is_written_through_it(self, cast, sign_in, frozen):
        client = sign_in(cast.alice)
        for verb in (client.post, client.put, client.patch, client.delete):
            assert verb(f"{BASE}/reports/{frozen.uuid}/", {}, content_type="application/json").status_code == 405

    def test_a_list_costs_the_same_with_2_and_20(self, cast, sign_in):
        client = sign_in(cast.alice)

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                read(client, "reports/")
            return len(captured)

        for year in (2024, 2025):
            Report.objects.create(demarche=cast.a, year=year, title="Brouillon")
        cost()  # the first call notes that the person was seen
        few = cost()
        for rank in range(20):
            Report.objects.create(demarche=cast.a, year=2026, title=f"Brouillon {rank}")
        assert cost() == few
