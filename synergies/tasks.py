"""Work done later in this app."""

from django.urls import reverse
from django.utils.translation import gettext as _

from operations import jobs
from synergies import perms
from synergies.services import matching
from territories.access import access_for


@jobs.handler("synergies.run_matching")
def run_matching(job, progress) -> dict:
    """Matches all the flows of the démarche of the job and publishes the pass, with the rights of the asker."""
    access = access_for(jobs.asker(job), job.demarche.slug)
    access.require(perms.sort_leads(access))
    progress(10, _("Lecture des flux et recherche des pistes"))
    found = matching.compute(access.demarche)
    progress(70, _("Enregistrement des pistes"))
    with progress.publish() as result:
        matching.publish(demarche=access.demarche, found=found, job=job, actor=access.user)
        result["url"] = reverse("synergies:lead_list", args=[access.demarche.slug])
        result["label"] = _("Voir les pistes")
    return {}
