from django.core.management.base import BaseCommand

from operations import jobs, outbox, sealing


class Command(BaseCommand):
    """Does here and now what a worker would do: due jobs, due mails, seals."""

    help = "Exécute les travaux dus, envoie les messages dus et scelle le journal, sans worker."

    def handle(self, *args, **options):
        done = jobs.run_pending_jobs()
        sent = outbox.send_due_messages()
        sealed = sealing.seal_entries()
        self.stdout.write(f"Travaux traités : {done}. Messages envoyés : {sent}. Traces scellées : {sealed}.")
