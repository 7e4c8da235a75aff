from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from operations import backup


class Command(BaseCommand):
    """Brings a backup back, whole or not at all, and checks every table against it."""

    help = "Restaure une sauvegarde : tout ou rien, puis contrôle de chaque table."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="fichier écrit par la commande backup")
        parser.add_argument("--replace", action="store_true", help="remplacer les données déjà présentes")

    def handle(self, *args, file, replace, **options):
        connections.close_all()
        try:
            manifest = backup.restore(file, backup.role_address("OWNER"), replace=replace)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Sauvegarde du {manifest['saved_at']} restaurée : {len(manifest['tables'])} tables, toutes identiques."
        )
        self.stdout.write("Appliquez ensuite les évolutions du schéma : manage.py migrate")
