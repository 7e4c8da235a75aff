"""Run by the browser's tests on the product's own database: opens an empty démarche with its first two people."""

import datetime
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eit_platform.settings.dev")
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402 – Django must be set up first
from django.db import transaction  # noqa: E402 – same

from territories.enums import Role  # noqa: E402 – same
from territories.models import Commune, Demarche, Membership, User  # noqa: E402 – same

slug, name, password, manager, elected = sys.argv[1:6]
with transaction.atomic():
    demarche = Demarche.objects.create(slug=slug, name=name, starts_on=datetime.date(datetime.date.today().year - 1, 1, 1))
    demarche.communes.set(Commune.objects.filter(code__in=["51043", "51439", "51660"]))
    for email, first_name, last_name, role in (
        (manager, "Camille", "Exemple", Role.MANAGER),
        (elected, "Dominique", "Témoin", Role.ELECTED),
    ):
        user = User.objects.create_user(email, password, first_name=first_name, last_name=last_name)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        Membership.objects.create(user=user, demarche=demarche, role=role)
print(demarche.communes.count())
