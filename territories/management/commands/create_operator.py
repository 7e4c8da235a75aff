"""bin/manage create_operator ADDRESS: the account that opens démarches, signed in by a code sent by mail."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from territories.services import create_operator


class Command(BaseCommand):
    help = "Crée le compte de l’exploitant, qui ouvre les démarches. Il se connecte par un code envoyé par courriel."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")

    def handle(self, *args, **options):
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user, created = create_operator(
            email=options["email"], first_name=options["first_name"], last_name=options["last_name"]
        )
        self.stdout.write(f"{user.email} : {'compte créé' if created else 'compte existant, droit d’exploitant donné'}.")
