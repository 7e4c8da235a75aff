"""The annual report: asked, built by a job, frozen, numbered, read by those who may, unchanged ever after."""

import hashlib
import json
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from eit_platform.common.exceptions import BusinessError
from operations import jobs
from operations.models import AuditEntry, Job, StoredFile
from operations.services import cancel_job
from reporting import pdf, queries, services
from reporting.models import Measurement, Report
from synergies.models import EmissionFactor, Synergy
from tests.reporting import factories

NOW = "2026-11-23 17:05:00+01:00"


def url(name, slug="demarche-a", **more) -> str:
    return reverse(f"reporting:{name}", kwargs={"slug": slug, **more})


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def drawn_fast(monkeypatch):
    """The layout is another file's matter: here a few bytes stand for the PDF."""
    monkeypatch.setattr(pdf, "render", lambda data: b"%PDF-1.7 " + json.dumps(data["report"]).encode())


@pytest.fixture
def lived_in(cast):
    factories.populate(cast.a)
    return cast


def frozen(cast, *, year=2026, introduction="", demarche=None, actor=None) -> Report:
    report = services.request_report(
        demarche=demarche or cast.a, actor=actor or cast.alice, year=year, introduction=introduction
    )
    jobs.run_pending_jobs()
    report.refresh_from_db()
    return report


def test_from_the_form_to_the_two_files(lived_in, sign_in):
    client = sign_in(lived_in.alice)
    answer = client.post(url("report_create"), {"year": "2026", "introduction": "Une année <b>riche</b>."})
    report = Report.objects.get()
    assert answer.headers["Location"] == url("report_detail", uuid=report.uuid)
    assert report.state == "building"
    assert "En attente d’un traitement libre" in client.get(answer.headers["Location"]).content.decode()

    assert jobs.run_pending_jobs() == 1
    report.refresh_from_db()
    assert (report.state, report.number) == ("frozen", 1)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Rapport n° 1" in page.replace("\u00a0", " ")
    document = client.get(url("report_pdf", uuid=report.uuid))
    assert document.headers["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF")
    data = json.loads(client.get(url("report_data", uuid=report.uuid)).content)
    assert data["introduction"] == "Une année <b>riche</b>."
    assert report.job.result["url"] == url("report_detail", uuid=report.uuid)


@pytest.mark.usefixtures("drawn_fast")
class TestFreezing:
    def test_numbers_follow_one_another_in_each_demarche(self, cast):
        assert [frozen(cast).number, frozen(cast, year=2025).number] == [1, 2]
        assert frozen(cast, demarche=cast.b, actor=cast.chloe).number == 1

    def test_the_fingerprint_is_that_of_the_file(self, lived_in):
        report = frozen(lived_in)
        content = bytes(report.data_file.content)
        assert hashlib.sha256(content).hexdigest() == report.data_sha256
        assert json.loads(content) == report.data

    def test_when_data_change_the_files_do_not(self, lived_in, sign_in):
        report = frozen(lived_in)
        client = sign_in(lived_in.alice)
        before = [client.get(url(name, uuid=report.uuid)).content for name in ("report_pdf", "report_data")]
        factories.populate(lived_in.a, sites=12)
        Synergy.objects.filter(demarche=lived_in.a).update(title="Autre chose")
        after = [client.get(url(name, uuid=report.uuid)).content for name in ("report_pdf", "report_data")]
        assert before == after

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("data", {"schema": "autre"}),
            ("data_sha256", "0" * 64),
            ("number", 12),
            ("pdf_id", None),
            ("data_file_id", None),
            ("title", "Autre titre"),
            ("introduction", "Autre mot"),
            ("year", 2025),
            ("frozen_at", timezone.now()),
            ("state", "draft"),
            ("state", "transmitted"),
            ("transmitted_on", date(2026, 11, 24)),
        ],
    )
    def test_the_database_itself_refuses_to_change_it(self, cast, field, value):
        report = frozen(cast)
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**{field: value})

    def test_the_database_refuses_to_change_its_files(self, cast):
        report = frozen(cast)
        for stored in (report.pdf, report.data_file):
            with pytest.raises(DatabaseError, match="frozen report"), transaction.atomic():
                StoredFile.objects.filter(pk=stored.pk).update(content=b"autre")

    def test_the_database_refuses_to_delete_it(self, cast):
        report = frozen(cast)
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            report.delete()

    def test_an_account_that_is_erased_leaves_its_report(self, cast):
        report = frozen(cast)
        Report.objects.filter(pk=report.pk).update(author=None, job=None)
        report.refresh_from_db()
        assert report.author is None
        assert report.data["report"]["author"] == "Alice Test"

    def test_a_draft_still_changes_and_goes(self, cast):
        draft = Report.objects.create(demarche=cast.a, year=2026, title="Brouillon")
        Report.objects.filter(pk=draft.pk).update(title="Autre")
        draft.delete()
        assert not Report.objects.exists()

    def test_the_freeze_is_in_the_trail_and_starts_the_history_of_the_indicators(self, lived_in):
        report = frozen(lived_in)
        verbs = AuditEntry.objects.filter(object_uuid=report.uuid).order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["report.requested", "report.frozen"]
        kept = Measurement.objects.filter(demarche=lived_in.a, indicator__code="eci_18").get()
        assert kept.value == 4

    def test_two_reports_the_same_day_keep_one_measurement(self, cast):
        frozen(cast)
        frozen(cast, year=2025)
        assert Measurement.objects.filter(indicator__code="eci_19").count() == 1


class TestTheJob:
    def test_rights_are_checked_again_when_it_runs(self, cast, drawn_fast):
        report = services.request_report(demarche=cast.a, actor=cast.alice, year=2026)
        cast.alice.memberships.update(role="colleague")
        jobs.run_pending_jobs()
        report.refresh_from_db()
        assert report.state == "building"
        assert report.job.state == "failed"
        assert not StoredFile.objects.exists()

    def test_a_layout_that_fails_gives_the_number_back(self, cast, monkeypatch):
        def broken(data):
            raise ValueError("mise en page impossible")

        monkeypatch.setattr(pdf, "render", broken)
        report = services.request_report(demarche=cast.a, actor=cast.alice, year=2026)
        jobs.run_pending_jobs()
        report.refresh_from_db()
        assert report.state == "building"
        assert not StoredFile.objects.exists()
        monkeypatch.setattr(pdf, "render", lambda data: b"%PDF")
        Job.objects.update(run_after=timezone.now())
        jobs.run_pending_jobs()
        report.refresh_from_db()
        assert report.number == 1

    def test_after_a_cancelled_job_the_words_may_be_written_again(self, cast, sign_in, drawn_fast):
        report = services.request_report(demarche=cast.a, actor=cast.alice, year=2026, introduction="Premier jet")
        cancel_job(job=report.job, actor=cast.alice)
        client = sign_in(cast.alice)
        page = client.get(url("report_detail", uuid=report.uuid)).content.decode()
        assert "Premier jet" in page
        assert client.post(url("report_build", uuid=report.uuid), {"introduction": "Second jet"}).status_code == 302
        jobs.run_pending_jobs()
        report.refresh_from_db()
        assert (report.state, report.introduction) == ("frozen", "Second jet")

    def test_a_report_being_built_is_not_asked_again(self, cast, drawn_fast):
        report = services.request_report(demarche=cast.a, actor=cast.alice, year=2026)
        with pytest.raises(BusinessError) as refusal:
            services.request_report(demarche=cast.a, actor=cast.alice, year=2026, report=report)
        assert refusal.value.code == "report_not_a_draft"

    def test_a_form_sent_twice_asks_for_one_report(self, cast, sign_in):
        client = sign_in(cast.alice)
        sent = {"year": "2026", "introduction": "", "idempotency_key": "la-meme"}
        first, second = client.post(url("report_create"), sent), client.post(url("report_create"), sent)
        assert first.headers["Location"] == second.headers["Location"]
        assert Report.objects.count() == 1

    @pytest.mark.parametrize("year", ["2027", "2023", "demain", ""])
    def test_a_year_without_meaning_is_refused_and_the_words_kept(self, cast, sign_in, year):
        answer = sign_in(cast.alice).post(url("report_create"), {"year": year, "introduction": "Mes mots"})
        assert answer.status_code == 422
        assert "Mes mots" in answer.content.decode()
        assert not Report.objects.exists()

    @pytest.mark.parametrize(("year", "code"), [(2027, "year_to_come"), (2023, "year_too_early")])
    def test_the_service_refuses_such_a_year_too(self, cast, year, code):
        with pytest.raises(BusinessError) as refusal:
            services.request_report(demarche=cast.a, actor=cast.alice, year=year)
        assert refusal.value.code == code


@pytest.mark.usefixtures("drawn_fast")
class TestWhoReads:
    NAMES = ("report_detail", "report_pdf", "report_data")

    @pytest.mark.parametrize("name", ["alice", "gaelle", "denis", "edith"])
    def test_a_frozen_report_is_read_by_team_elected_and_partner(self, cast, sign_in, name):
        report = frozen(cast)
        client = sign_in(cast.people[name])
        assert {client.get(url(page, uuid=report.uuid)).status_code for page in self.NAMES} == {200}
        assert report.title in client.get(url("report_list")).content.decode()

    @pytest.mark.parametrize(("name", "status"), [("denis", 404), ("edith", 404), ("bob", 403), ("gaelle", 200)])
    def test_a_draft_is_the_teams(self, cast, sign_in, name, status):
        draft = Report.objects.create(demarche=cast.a, year=2026, title="Brouillon à ne pas lire", due_on=date(2027, 1, 31))
        client = sign_in(cast.people[name])
        assert client.get(url("report_detail", uuid=draft.uuid)).status_code == status
        assert client.get(url("report_pdf", uuid=draft.uuid)).status_code == (403 if status == 403 else 404)
        listed = client.get(url("report_list"))
        assert ("Brouillon à ne pas lire" in listed.content.decode()) is (status == 200)

    @pytest.mark.parametrize(("name", "status"), [("bob", 403), ("chloe", 404), ("farid", 404), ("omar", 404)])
    def test_nobody_else_does(self, cast, sign_in, name, status):
        report = frozen(cast)
        client = sign_in(cast.people[name])
        pages = [url(page, uuid=report.uuid) for page in self.NAMES] + [url("report_list"), url("report_create")]
        assert {client.get(page).status_code for page in pages} == {status}

    def test_a_report_is_not_found_through_another_demarche(self, cast, sign_in):
        report = frozen(cast)
        client = sign_in(cast.chloe)
        assert {client.get(url(page, slug="demarche-b", uuid=report.uuid)).status_code for page in self.NAMES} == {404}

    @pytest.mark.parametrize("name", ["gaelle", "denis", "edith"])
    def test_only_the_manager_produces_and_transmits(self, cast, sign_in, name):
        report = frozen(cast)
        client = sign_in(cast.people[name])
        assert client.get(url("report_create")).status_code == 403
        assert client.post(url("report_create"), {"year": "2026"}).status_code == 403
        assert client.post(url("report_build", uuid=report.uuid)).status_code == 403
        assert client.post(url("report_transmit", uuid=report.uuid), {"transmitted_on": "2026-11-23"}).status_code == 403
        assert Report.objects.get().state == "frozen"


@pytest.mark.usefixtures("drawn_fast")
class TestTransmission:
    def test_the_date_is_noted_once(self, cast, sign_in):
        report = frozen(cast)
        client = sign_in(cast.alice)
        assert client.post(url("report_transmit", uuid=report.uuid), {"transmitted_on": "2026-11-23"}).status_code == 302
        report.refresh_from_db()
        assert (report.state, report.transmitted_on) == ("transmitted", date(2026, 11, 23))
        client.post(url("report_transmit", uuid=report.uuid), {"transmitted_on": "2026-11-23"})
        assert AuditEntry.objects.filter(verb="report.transmitted").count() == 1

    @pytest.mark.parametrize("day", ["2026-11-22", "2026-11-24", "hier", ""])
    def test_a_day_before_the_freeze_or_to_come_is_refused(self, cast, sign_in, day):
        report = frozen(cast)
        answer = sign_in(cast.alice).post(url("report_transmit", uuid=report.uuid), {"transmitted_on": day})
        assert answer.status_code == 422
        report.refresh_from_db()
        assert report.state == "frozen"


class TestWhatItHolds:
    def test_its_figures_are_those_of_the_dashboard(self, lived_in, drawn_fast):
        data = frozen(lived_in).data
        picture = queries.synergy_picture(Synergy.objects.visible_to(lived_in.alice).in_demarche(lived_in.a))
        people = queries.mobilisation(user=lived_in.alice, demarche=lived_in.a, on=date(2026, 11, 23))
        assert data["synergies"]["operational"] == picture.operational == 4
        assert [row["count"] for row in data["synergies"]["funnel"]] == [row.count for row in picture.funnel]
        assert data["mobilisation"]["engaged"] == people.engaged
        assert data["mobilisation"]["driving"] == people.driving
        flows = queries.flow_counts(user=lived_in.alice, demarche=lived_in.a)
        assert (data["flows"]["offers"], data["flows"]["needs"]) == (flows["offers"], flows["needs"])
        totals = {total.indicator: total for total in queries.impact_totals(user=lived_in.alice, demarche=lived_in.a)}
        for row in data["impacts"]["to_date"]:
            total = totals[row["indicator"]]
            assert (row["realised"] or 0) == total.realised
            assert (row["potential"] or 0) == total.potential
        assert sum(row["count"] for row in data["leads"]["by_state"]) == 24

    def test_years_are_told_apart(self, lived_in, drawn_fast):
        impacts = frozen(lived_in).data["impacts"]
        tonnes = {key: {row["indicator"]: row for row in rows} for key, rows in impacts.items()}
        assert tonnes["year"]["waste_diverted"]["realised"] == 840
        assert tonnes["to_date"]["waste_diverted"]["realised"] == 1280
        assert tonnes["ahead"]["co2_avoided"]["expected"] == 80
        assert tonnes["to_date"]["co2_avoided"]["expected"] is None

    def test_a_private_synergy_is_counted_not_named_and_its_figure_protected(self, cast, drawn_fast):
        secret = factories.flow(cast.bakery, confidentiality="private", label="Canari")
        hidden = factories.synergy(cast.a, [cast.bakery, cast.farm], "running", flows=[secret], title="Canari secret")
        factories.impact(hidden, value="98765")
        report = frozen(cast)
        assert "anari" not in json.dumps(report.data)
        assert "98765" not in json.dumps(report.data)
        assert report.data["synergies"]["operational"] == 1
        assert report.data["synergies"]["not_named"] == 1
        assert report.data["impacts"]["year"][0]["protected"] == ["realised"]

    def test_factors_come_with_source_version_and_uncertainty(self, cast, drawn_fast):
        first, second = EmissionFactor.objects.order_by("code")[:2]
        exchange = factories.synergy(cast.a, [cast.bakery, cast.farm], "running")
        factories.impact(exchange, "co2_avoided", "-2", factor=first)
        factories.impact(exchange, terms=[{"factor": {"code": second.code, "version": second.version}}, {"factor": None}, "x"])
        factors = frozen(cast).data["factors"]
        assert {row["code"] for row in factors} == {first.code, second.code}
        assert all(row["source"] and row["version"] for row in factors)

    def test_the_figures_of_another_demarche_are_not_in_it(self, lived_in, drawn_fast):
        data = frozen(lived_in, demarche=lived_in.b, actor=lived_in.chloe).data
        assert data["synergies"]["total"] == data["flows"]["total"] == 0
        assert data["impacts"] == {"year": [], "to_date": [], "ahead": []}
        assert data["mobilisation"]["establishments"] == 1
