"""Workers killed with kill -9 in the middle of their work: nothing lost, nothing done twice."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.utils import timezone

from operations import services
from operations.models import AuditEntry, Job
from tests.operations import fault_jobs

JOBS = 10
KILLS = 2


@pytest.fixture
def worker(tmp_path):
    """`worker()` starts a Celery worker with its beat; what is left of them dies with the test."""
    started = []
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.operations.fault_settings",
        "FAULT_DATABASE": connection.settings_dict["NAME"],
    }

    def start() -> subprocess.Popen:
        command = [sys.executable, "-m", "celery", "-A", "eit_platform", "worker", "-B", "-c", "2", "-l", "warning"]
        command += ["-s", str(tmp_path / f"beat-{len(started)}"), "--without-gossip", "--without-mingle"]
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """kill -9 of the worker, its children and its beat, by the group that this test started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def in_the_middle_of_work() -> bool:
    return Job.objects.filter(state="running", progress__gte=40, lease_until__gt=timezone.now()).exists()


def done() -> int:
    return Job.objects.filter(state="done").count()


@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_no_job_and_publish_none_twice(worker, tmp_path):
    for number in range(JOBS):
        # The wake-ups go to this process's own broker, which no worker hears: losing them all must not matter.
        services.enqueue(kind=fault_jobs.KIND, key=f"fault-{number}", title="Travail", arguments={"number": number})
    for killed in range(1, KILLS + 1):
        process = worker()
        assert wait_for(in_the_middle_of_work, 30), (tmp_path / "worker.log").read_text()
        if killed == KILLS:
            wait_for(lambda: done() >= 3, 10)
        kill(process)
    worker()
    assert wait_for(lambda: done() == JOBS, 60), (tmp_path / "worker.log").read_text()
    written = AuditEntry.objects.filter(verb=fault_jobs.KIND).values_list("data__number", flat=True)
    assert sorted(written) == list(range(JOBS))
    assert Job.objects.filter(attempt__gte=2).exists(), "No kill fell in the middle of a job."
