from django.core.management.base import BaseCommand

from operations import sealing


class Command(BaseCommand):
    """Computes the trail's chain again; ends with status 1 and the first broken entry when it does not hold."""

    help = "Vérifie que le journal n’a été ni modifié ni amputé."

    def handle(self, *args, **options):
        found = sealing.verify()
        if found.problem:
            self.stderr.write(f"Journal altéré : {found.problem}.")
            raise SystemExit(1)
        self.stdout.write(f"Journal intact : {found.sealed} traces scellées, {found.waiting} en attente de sceau.")
        self.stdout.write(f"Dernier sceau : {found.last_seal}")
