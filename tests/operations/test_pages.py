"""Pages of jobs and of the trail: who sees what, at what price."""

import json
import uuid

import pytest
from django.urls import reverse

from operations import audit, jobs, services
from operations.models import Job


@pytest.fixture(autouse=True)
def known_work(monkeypatch):
    monkeypatch.setitem(jobs._handlers, "test.work", lambda job, progress: {})


def job_of(cast, person=None, demarche=None, **fields) -> Job:
    job = services.enqueue(
        kind="test.work",
        key=str(uuid.uuid4()),
        title="Rapport annuel 2026",
        arguments={},
        actor=person or cast.alice,
        demarche=demarche or cast.a,
    )
    if fields:
        Job.objects.filter(pk=job.pk).update(**fields)
        job.refresh_from_db()
    return job


def url(name, slug="demarche-a", **more) -> str:
    return reverse(f"operations:{name}", kwargs={"slug": slug, **more})


class TestJobPages:
    def test_the_manager_sees_the_jobs_of_the_demarche(self, cast, sign_in):
        job_of(cast, cast.gaelle)
        page = sign_in(cast.alice).get(url("job_list"))
        assert page.status_code == 200
        assert "Rapport annuel 2026" in page.content.decode()

    def test_a_colleague_sees_own_jobs_only(self, cast, sign_in):
        mine, other = job_of(cast, cast.gaelle), job_of(cast, cast.alice)
        client = sign_in(cast.gaelle)
        text = client.get(url("job_list")).content.decode()
        assert str(mine.uuid) in text
        assert str(other.uuid) not in text
        assert client.get(url("job_detail", uuid=other.uuid)).status_code == 404

    def test_another_demarche_is_not_found(self, cast, sign_in):
        job = job_of(cast)
        client = sign_in(cast.chloe)
        assert client.get(url("job_detail", uuid=job.uuid)).status_code == 404
        assert client.get(url("job_detail", slug="demarche-b", uuid=job.uuid)).status_code == 404
        assert client.post(url("job_cancel", slug="demarche-b", uuid=job.uuid)).status_code == 404
        assert client.post(url("job_retry", uuid=job.uuid)).status_code == 404
        job.refresh_from_db()
        assert job.state == "queued"

    def test_nobody_enters_without_signing_in(self, cast, client):
        job = job_of(cast)
        assert client.get(url("job_list")).status_code == 302
        assert client.post(url("job_cancel", uuid=job.uuid)).status_code == 302

    def test_a_get_cancels_nothing(self, cast, sign_in):
        assert sign_in(cast.alice).get(url("job_cancel", uuid=job_of(cast).uuid)).status_code == 405

    def test_the_empty_list_says_what_to_do(self, cast, sign_in):
        assert "Aucun travail demandé" in sign_in(cast.alice).get(url("job_list")).content.decode()

    @pytest.mark.parametrize(
        ("fields", "shown"),
        [
            ({}, "En attente d’un traitement libre"),
            ({"error": "Le serveur ne répond pas.", "attempt": 2}, "Essai 2 sur 5"),
            (
                {"state": "running", "lease_until": "2030-01-01T00:00Z", "progress": 40, "progress_label": "Tracé des cartes"},
                "Tracé des cartes",
            ),
            (
                {"state": "done", "finished_at": "2026-01-01T10:00Z", "result": {"url": "/r/1/", "label": "Ouvrir le rapport"}},
                "Ouvrir le rapport",
            ),
            ({"state": "failed", "error": "Fichier illisible."}, "Fichier illisible."),
            ({"state": "cancelled"}, "rien n’en a été gardé"),
        ],
    )
    def test_each_state_is_told(self, cast, sign_in, fields, shown):
        job = job_of(cast, **fields)
        client = sign_in(cast.alice)
        assert shown in client.get(url("job_detail", uuid=job.uuid)).content.decode()
        assert client.get(url("job_list")).status_code == 200

    def test_htmx_follows_progress_while_the_job_lives_and_is_told_when_it_ends(self, cast, sign_in):
        job = job_of(cast)
        client = sign_in(cast.alice)
        part = client.get(url("job_detail", uuid=job.uuid), headers={"HX-Request": "true"})
        assert "hx-trigger" in part.content.decode()
        assert "<html" not in part.content.decode()
        assert "HX-Trigger" not in part.headers
        jobs.run_pending_jobs()
        part = client.get(url("job_detail", uuid=job.uuid), headers={"HX-Request": "true"})
        assert "hx-trigger" not in part.content.decode()
        assert json.loads(part["HX-Trigger"])["job-finished"] == {"job": str(job.uuid), "state": "done"}

    def test_cancel_and_retry_by_the_asker(self, cast, sign_in):
        job = job_of(cast, cast.gaelle)
        client = sign_in(cast.gaelle)
        page = client.post(url("job_cancel", uuid=job.uuid), follow=True)
        assert "Travail annulé." in page.content.decode()
        page = client.post(url("job_retry", uuid=job.uuid), follow=True)
        assert "Travail relancé." in page.content.decode()
        job.refresh_from_db()
        assert job.state == "queued"

    def test_a_finished_job_that_is_cancelled_says_why_not(self, cast, sign_in):
        job = job_of(cast)
        jobs.run_pending_jobs()
        page = sign_in(cast.alice).post(url("job_cancel", uuid=job.uuid), follow=True)
        assert "déjà fini" in page.content.decode()

    def test_the_list_costs_the_same_with_many_rows(self, cast, sign_in, django_assert_max_num_queries):
        client = sign_in(cast.alice)
        for _ in range(50):
            job_of(cast, cast.gaelle)
        client.get(url("job_list"))
        with django_assert_max_num_queries(12):
            client.get(url("job_list"))


class TestTrailPage:
    def test_the_manager_reads_who_did_what_page_by_page(self, cast, sign_in, django_assert_max_num_queries):
        for number in range(60):
            audit.record(verb="test", summary=f"Action numéro {number}.", actor=cast.alice, demarche=cast.a)
        audit.record(verb="test", summary="Action d’ailleurs", actor=cast.chloe, demarche=cast.b)
        client = sign_in(cast.alice)
        client.get(url("audit"))
        with django_assert_max_num_queries(12):
            page = client.get(url("audit"))
        text = page.content.decode()
        assert "Action numéro 59." in text
        assert "Action numéro 9." not in text
        assert "Action d’ailleurs" not in text
        following = client.get(url("audit"), {"page": page.context["page"].next_cursor}).content.decode()
        assert "Action numéro 9." in following

    @pytest.mark.parametrize("name", ["gaelle", "denis", "edith", "bob"])
    def test_the_others_of_the_demarche_are_refused(self, cast, sign_in, name):
        assert sign_in(cast.people[name]).get(url("audit")).status_code == 403

    @pytest.mark.parametrize("name", ["chloe", "farid", "omar"])
    def test_those_from_elsewhere_find_nothing(self, cast, sign_in, name):
        assert sign_in(cast.people[name]).get(url("audit")).status_code == 404

    def test_a_new_demarche_has_an_empty_trail(self, cast, sign_in):
        assert "Rien n’a encore été fait" in sign_in(cast.alice).get(url("audit")).content.decode()


class TestHealth:
    def test_it_says_what_answers_and_nothing_else(self, db, client):
        answer = client.get("/sante/")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok", "workers": "ok"}

    def test_a_broker_that_is_down_only_degrades(self, db, client, settings):
        settings.CELERY_BROKER_URL = "redis://:mot-de-passe@127.0.0.1:1/0"
        answer = client.get("/sante/")
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        assert answer.json()["broker"] == "down"
        assert "mot-de-passe" not in answer.content.decode()

    def test_work_that_waits_too_long_shows_that_no_worker_runs(self, cast, client):
        job_of(cast, run_after="2026-01-01T00:00Z")
        assert client.get("/sante/").json()["workers"] == "late"

    def test_a_database_that_is_down_is_a_503(self, db, client, monkeypatch):
        from operations import health

        monkeypatch.setattr(health, "_database", lambda: "down")
        assert client.get("/sante/").status_code == 503
