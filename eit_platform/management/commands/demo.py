"""bin/manage demo: the shipped tables, then the demonstration. Safe to run twice."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from eit_platform.demonstration import accounts, loading
from eit_platform.management.commands.load_reference import load_all


class Command(BaseCommand):
    help = "Charge les données de démonstration, ou affiche ses comptes. Sans effet la deuxième fois."

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="affiche les comptes, sans rien charger")

    def handle(self, *args, **options):
        if not settings.DEMO_MAILBOX:
            # The passphrase of these accounts is public: never where real people work.
            raise CommandError("La démonstration ne se charge pas en production : ses mots de passe sont publics.")
        if options["accounts"]:
            self.stdout.write(accounts.table())
            return
        load_all()
        if loading.load(timezone.localdate()):
            self.stdout.write("Démonstration chargée.")
        else:
            self.stdout.write("La démonstration est déjà là, rien n’a changé.")
