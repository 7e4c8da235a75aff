"""The same thing wanted by many at the same instant happens once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from operations import jobs, outbox, sealing, services
from operations.models import AuditEntry, Job, OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8


def all_at_once(function, count: int) -> list:
    def alone(number):
        try:
            return function(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(alone, range(count)))


@pytest.fixture
def known_work(monkeypatch):
    monkeypatch.setitem(jobs._handlers, "test.work", lambda job, progress: {})


def ask(_number=0) -> Job:
    return services.enqueue(kind="test.work", key="k", title="Travail", arguments={})


def test_forty_requests_for_the_same_work_make_one_job(known_work):
    assert len({job.pk for job in all_at_once(ask, 40)}) == 1
    assert Job.objects.count() == 1


def test_forty_workers_woken_for_one_job_do_it_once(known_work):
    job = ask()
    claimed = all_at_once(lambda number: jobs.claim(job.pk), 40)
    assert sum(found is not None for found in claimed) == 1


def test_senders_that_work_at_the_same_time_send_each_mail_once(monkeypatch, settings):
    settings.DEMO_MAILBOX = False
    settings.OUTBOX_SMTP_URL = "smtp://mail.example"
    sent = []

    class Server:
        def open(self): ...

        def close(self): ...

        def send_messages(self, messages):
            sent.extend(message.to[0] for message in messages)
            return len(messages)

    monkeypatch.setattr(outbox, "smtp_connection", lambda url: Server())
    wanted = [f"p{number}@exemple.test" for number in range(60)]
    for address in wanted:
        services.queue_mail(key=address, recipient=address, subject="Objet", body="Texte")
    all_at_once(lambda number: outbox.send_due_messages(), WORKERS)
    assert sorted(sent) == sorted(wanted)
    assert OutboxMessage.objects.filter(state="sent", attempts=1).count() == 60


def test_sealers_that_work_at_the_same_time_make_one_chain(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)  # many short turns, so that the sealers do meet
    AuditEntry.objects.bulk_create(AuditEntry(verb="test", summary=f"Action {n}") for n in range(50))
    all_at_once(lambda number: sealing.seal_entries(), WORKERS)
    assert sealing.verify().sealed == 50
    assert sealing.verify().problem == ""
