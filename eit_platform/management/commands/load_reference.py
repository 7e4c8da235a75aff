"""bin/manage load_reference: the shipped tables, in the database. Safe to run twice."""

from django.core.management.base import BaseCommand

import actors.reference
import synergies.reference
import territories.reference


def load_all() -> dict[str, int]:
    """Loads every shipped table; returns rows by table."""
    return territories.reference.load() | actors.reference.load() | synergies.reference.load()


class Command(BaseCommand):
    help = "Charge les tables de référence livrées (communes, NAF, ressources, déchets, facteurs)."

    def handle(self, *args, **options):
        for table, count in load_all().items():
            self.stdout.write(f"{table} : {count}")
