"""What has served its time goes; files leave as attachments; the command stands in for a worker."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from operations import attempts, audit, jobs, services, tasks
from operations.downloads import file_response
from operations.models import AttemptCounter, IdempotencyKey
from operations.storage import store_bytes


def test_old_rows_go_and_recent_ones_stay(db):
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(hours=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(hours=1))
    for key, days in (("old", 8), ("new", 6)):
        row = IdempotencyKey.objects.create(scope="s", key=key)
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=now - timedelta(days=days))
    attempts.fail("s", "new")
    AttemptCounter.objects.create(scope="s", key="old", window_started_at=now - timedelta(days=31))
    tasks.clean_up()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]
    assert not AttemptCounter.objects.filter(key="old").exists()
    assert AttemptCounter.objects.count() == 1


def test_the_tasks_of_the_beat_do_the_work(cast, monkeypatch):
    services.queue_mail(key="k", recipient="bob@exemple.test", subject="Objet", body="Texte")
    entry = audit.record(verb="test", summary="Action", demarche=cast.a)
    tasks.send_outbox()
    tasks.seal_audit()
    entry.refresh_from_db()
    assert entry.sequence == 1


def test_without_a_worker_a_command_does_what_is_due(db, monkeypatch, capsys):
    monkeypatch.setitem(jobs._handlers, "test.work", lambda job, progress: {})
    services.enqueue(kind="test.work", key="k", title="Travail", arguments={})
    services.queue_mail(key="k", recipient="bob@exemple.test", subject="Objet", body="Texte")
    call_command("run_jobs")
    assert capsys.readouterr().out.split(". ")[:2] == ["Travaux traités\u00a0: 1", "Messages envoyés\u00a0: 1"]


class TestDownloads:
    @pytest.mark.parametrize(
        ("content_type", "inline", "disposition"),
        [
            ("application/pdf", False, "attachment"),
            ("application/pdf", True, "inline"),
            ("text/html", True, "attachment"),
            ("image/svg+xml", True, "attachment"),
        ],
    )
    def test_only_safe_kinds_are_shown_in_the_browser(self, db, content_type, inline, disposition):
        file = store_bytes(name="a", data=b"x", content_type=content_type)
        response = file_response(file, inline=inline)
        assert response["Content-Disposition"].startswith(disposition)
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_the_name_keeps_its_accents_and_breaks_no_header(self, db):
        file = store_bytes(name='Bilan d’activité "2026"\r\nX: y.pdf', data=b"x")
        disposition = file_response(file)["Content-Disposition"]
        assert "filename*=utf-8''Bilan%20d%E2%80%99activit%C3%A9" in disposition
        assert "\n" not in disposition
