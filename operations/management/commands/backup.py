from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from operations import backup


class Command(BaseCommand):
    """Saves the whole database, files included, while people keep working."""

    help = "Sauvegarde toute la base, fichiers compris, dans un seul fichier."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="fichier à écrire (il ne doit pas exister)")

    def handle(self, *args, file, **options):
        try:
            manifest = backup.save(file, backup.role_address("BACKUP", "OWNER"))
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _fingerprint in manifest["tables"].values())
        size = file.stat().st_size / 1e6
        self.stdout.write(f"Sauvegarde écrite : {file} ({len(manifest['tables'])} tables, {rows} lignes, {size:.1f} Mo).")
        self.stdout.write("Elle contient des données personnelles : gardez-la dans un lieu protégé.")
