"""Looks for the leads of a démarche, now."""

from django.core.management.base import BaseCommand, CommandError

from synergies.services.matching import run_pass
from territories.models import Demarche


class Command(BaseCommand):
    """Runs the matching engine over one démarche and publishes the pass."""

    help = "Recherche les pistes d’une démarche et publie le résultat."

    def add_arguments(self, parser):
        parser.add_argument("--demarche", required=True, help="slug de la démarche")

    def handle(self, *args, **options):
        demarche = Demarche.objects.filter(slug=options["demarche"]).first()
        if demarche is None:
            raise CommandError(f"Démarche inconnue : {options['demarche']}")
        published = run_pass(demarche=demarche)
        self.stdout.write(f"{published.flow_count} flux, {published.match_count} rapprochements.")
