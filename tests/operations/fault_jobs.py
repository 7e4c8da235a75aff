"""The work of the fault test: slow enough to be killed in the middle, visible when it is done."""

import os
import time
from datetime import timedelta

from operations import audit, jobs

KIND = "test.fault"
if "FAULT_DATABASE" in os.environ:  # in the workers only: the test's own process keeps the real delays
    jobs.WAKE_AFTER = timedelta(seconds=0.2)
    jobs.WAKE_AGAIN_AFTER = timedelta(seconds=1)


@jobs.handler(KIND)
def write_once(job, progress) -> dict:
    for step in range(4):
        progress(step * 20, f"Étape {step}")
        time.sleep(0.1)
    with progress.publish() as result:
        audit.record(verb=KIND, summary=f"Travail {job.arguments['number']}", data={"number": job.arguments["number"]})
        time.sleep(0.1)  # a kill here must undo the line above
        result["number"] = job.arguments["number"]
    return {}
