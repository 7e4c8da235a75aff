"""Run by the browser's tests on the product's own database: the address of each row of the permission table that the
fictitious démarche of the demonstration can show, one per line, after the row's label and a tabulation."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eit_platform.settings.dev")
django.setup()

from django.urls import reverse  # noqa: E402 – Django must be set up first

from actors.models import CompanyAccess, Contact, Establishment, SireneImport  # noqa: E402 – same
from eit_platform.demonstration import territory  # noqa: E402 – same
from operations.models import Job, OutboxMessage  # noqa: E402 – same
from reporting.models import Report  # noqa: E402 – same
from synergies.models import Campaign, Flow, Impact, Lead, Questionnaire, Synergy  # noqa: E402 – same
from territories.models import Demarche, Invitation, Membership  # noqa: E402 – same
from tests.permission_table import ROWS  # noqa: E402 – same

demarche = Demarche.objects.get(slug=territory.FICTITIOUS)
mine = {"demarche": demarche}
own = CompanyAccess.objects.filter(**mine).values("establishment_id")
contact = Contact.objects.filter(establishment__demarche=demarche).first()
synergy = Synergy.objects.filter(**mine, stage="negotiation", impacts__isnull=False).first()
public = {f"flow:{level}": Flow.objects.filter(**mine, confidentiality=level, state="active").first()
          for level in ("public", "network", "demarche", "private")}  # fmt: skip
objects = public | {
    "flow": public["flow:demarche"],
    "flow:own": Flow.objects.filter(**mine, establishment_id__in=own, state="active").first(),
    "establishment": contact.establishment,
    "contact": contact,
    "own establishment": Establishment.objects.filter(pk__in=own).first(),
    "import": SireneImport.objects.filter(**mine).first(),
    "lead": Lead.objects.filter(**mine, state="new").order_by("-score").first(),
    "synergy": synergy,
    "synergy:running": Synergy.objects.filter(**mine, stage="running").first(),
    "impact": Impact.objects.filter(synergy=synergy).first(),
    "campaign": Campaign.objects.filter(**mine).exclude(sent_at=None).first(),
    "campaign:draft": Campaign.objects.filter(**mine, sent_at=None).first(),
    "report": Report.objects.filter(**mine, state__in=["frozen", "transmitted"]).first(),
    "report:draft": Report.objects.filter(**mine, state="draft").first(),
    "membership": Membership.objects.filter(**mine, role="partner").first(),
    "invitation": Invitation.objects.filter(**mine).first(),
    "job": Job.objects.filter(**mine).first(),
    "message": OutboxMessage.objects.filter(**mine).first(),
}
for row in ROWS:
    arguments = {"slug": demarche.slug} if row.scoped else {}
    for argument, name in row.objects.items():
        arguments[argument] = name[1:] if name.startswith("=") else getattr(objects.get(name), "uuid", None)
    if None not in arguments.values():
        print(f"{row.label}\t{reverse(row.name, kwargs=arguments)}{row.query}")
asked = Questionnaire.objects.filter(**mine, state__in=["sent", "opened", "started"], links__isnull=False).exclude(recipient="")
print(f"questionnaire recipient\t{asked.first().recipient}")
