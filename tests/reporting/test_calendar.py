"""The calendar of reports: a draft 45 days before the date, once, whatever the calendar looks like."""

from datetime import date

import pytest
from django.urls import reverse

from operations import jobs
from operations.models import AuditEntry
from reporting import pdf, services
from reporting.models import Report
from reporting.tasks import prepare_due_reports
from territories.models import Demarche


def set_due(demarche, month: int, day: int, *, created="2024-01-02 09:00:00+01:00", **fields) -> None:
    Demarche.objects.filter(pk=demarche.pk).update(report_month=month, report_day=day, created_at=created, **fields)


@pytest.fixture
def alone(cast):
    """Démarche A is the only one with a date."""
    Demarche.objects.filter(pk=cast.b.pk).update(starts_on=None)
    return cast


def drafts() -> list[tuple[int, date]]:
    return list(Report.objects.order_by("year").values_list("year", "due_on"))


def test_nothing_before_the_45_days(alone, time_machine):
    set_due(alone.a, 1, 31, starts_on=date(2026, 3, 1))
    time_machine.move_to("2026-12-16 10:00:00+01:00")
    prepare_due_reports()
    assert drafts() == []


def test_a_draft_45_days_before_and_only_one(alone, time_machine):
    set_due(alone.a, 1, 31, starts_on=date(2026, 3, 1))
    time_machine.move_to("2026-12-17 10:00:00+01:00")
    prepare_due_reports()
    prepare_due_reports()
    time_machine.move_to("2027-01-20 10:00:00+01:00")
    prepare_due_reports()
    assert drafts() == [(2026, date(2027, 1, 31))]
    report = Report.objects.get()
    assert (report.state, report.origin) == ("draft", "calendar")
    assert AuditEntry.objects.filter(verb="report.prepared").count() == 1


@pytest.mark.parametrize(
    ("today", "year", "due"),
    [
        ("2028-02-29 10:00:00+01:00", 2027, date(2028, 2, 29)),
        ("2028-01-20 10:00:00+01:00", 2027, date(2028, 2, 29)),
        ("2027-02-28 10:00:00+01:00", 2026, date(2027, 2, 28)),
    ],
)
def test_a_date_that_february_does_not_have_is_its_last_day(alone, time_machine, today, year, due):
    set_due(alone.a, 2, 30, starts_on=date(year, 3, 1))
    time_machine.move_to(today)
    prepare_due_reports()
    assert drafts() == [(year, due)]


def test_on_29_february_a_report_due_in_april_is_prepared(alone, time_machine):
    set_due(alone.a, 4, 14, starts_on=date(2027, 3, 1))
    time_machine.move_to("2028-02-29 10:00:00+01:00")
    prepare_due_reports()
    assert drafts() == [(2027, date(2028, 4, 14))]


def test_a_platform_stopped_during_the_45_days_prepares_it_afterwards(alone, time_machine):
    set_due(alone.a, 1, 31, starts_on=date(2026, 3, 1))
    time_machine.move_to("2027-03-10 10:00:00+01:00")
    prepare_due_reports()
    assert drafts() == [(2026, date(2027, 1, 31))]


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": date(2027, 1, 1)},
        {"starts_on": date(2020, 1, 1), "ends_on": date(2025, 12, 31)},
        {"starts_on": None},
        {"starts_on": date(2026, 1, 1), "is_documentary": True},
        {"starts_on": date(2026, 1, 1), "archived_at": "2026-10-01 10:00:00+01:00"},
        {"starts_on": date(2026, 1, 1), "created": "2027-02-10 10:00:00+01:00"},
    ],
)
def test_there_is_nothing_to_prepare_for_a_demarche_that_owes_nothing(alone, time_machine, fields):
    set_due(alone.a, 1, 31, **fields)
    time_machine.move_to("2027-02-20 10:00:00+01:00")
    prepare_due_reports()
    assert drafts() == []


def test_the_manager_adds_words_to_the_draft_and_freezes_it(alone, sign_in, time_machine, monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda data: b"%PDF")
    set_due(alone.a, 1, 31, starts_on=date(2026, 3, 1))
    time_machine.move_to("2027-01-05 10:00:00+01:00", tick=False)
    prepare_due_reports()
    draft = Report.objects.get()
    client = sign_in(alone.alice)
    page = reverse("reporting:report_detail", kwargs={"slug": "demarche-a", "uuid": draft.uuid})
    assert "31\u00a0janvier 2027" in client.get(page).content.decode()
    build = reverse("reporting:report_build", kwargs={"slug": "demarche-a", "uuid": draft.uuid})
    assert client.post(build, {"introduction": "Première année."}).headers["Location"] == page
    jobs.run_pending_jobs()
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.introduction) == ("frozen", 1, "Première année.")
    assert draft.data["period"] == {"from": "2026-01-01", "to": "2026-12-31", "as_of": "2027-01-05"}


def test_a_report_frozen_after_the_year_leaves_nothing_to_prepare(alone, time_machine, monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda data: b"%PDF")
    set_due(alone.a, 3, 31, starts_on=date(2026, 3, 1))
    time_machine.move_to("2027-01-05 10:00:00+01:00", tick=False)
    services.request_report(demarche=Demarche.objects.get(pk=alone.a.pk), actor=alone.alice, year=2026)
    jobs.run_pending_jobs()
    time_machine.move_to("2027-03-01 10:00:00+01:00")
    prepare_due_reports()
    assert Report.objects.count() == 1
