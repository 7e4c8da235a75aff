"""Imports a Sirene stock file of any size into a démarche."""

from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from actors.enums import ImportCount
from actors.services.imports import import_sirene_stream
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.formats import number
from territories.models import Demarche

SEPARATOR_NAMES = {",": "virgule", ";": "point-virgule", "\t": "tabulation"}


class Command(BaseCommand):
    help = "Importe un fichier StockEtablissement de l’INSEE (CSV, gzip accepté) dans une démarche, tout ou rien."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--demarche", required=True, metavar="SLUG", help="la démarche, par son nom dans les adresses")
        parser.add_argument("--names", type=Path, metavar="FICHIER", help="fichier StockUniteLegale, pour les raisons sociales")
        parser.add_argument("--naf", default="", metavar="10,11", help="divisions NAF à garder (toutes si absent)")
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien écrire")

    def handle(self, *args, **options):
        demarche = Demarche.objects.filter(slug=options["demarche"]).first()
        if demarche is None:
            raise CommandError(f"Aucune démarche ne s’appelle « {options['demarche']} ».")
        try:
            with ExitStack() as files:
                stream = files.enter_context(options["file"].open("rb"))
                names = files.enter_context(options["names"].open("rb")) if options["names"] else None
                result = import_sirene_stream(
                    demarche=demarche,
                    actor=None,
                    stream=stream,
                    file_name=options["file"].name,
                    names_stream=names,
                    naf_divisions=[code for code in options["naf"].split(",") if code.strip()],
                    dry_run=options["dry_run"],
                )
        except OSError as error:
            raise CommandError(f"Impossible de lire {error.filename} : {error.strerror}.") from error
        except BusinessError as error:
            raise CommandError(error.message) from error
        self._show(result)
        if result.counts["faulty"]:
            raise CommandError("Rien n’est importé : corrigez ces lignes, puis relancez la commande.")
        done = "Essai : rien n’est écrit." if options["dry_run"] else f"Import terminé dans « {demarche.name} »."
        self.stdout.write(self.style.SUCCESS(done))

    def _show(self, result) -> None:
        compression = ", gzip" if result.compression else ""
        self.stdout.write(f"{result.file_name} : {result.encoding}, {SEPARATOR_NAMES[result.separator]}{compression}")
        for code in ImportCount:
            self.stdout.write(f"{number(result.counts[code]):>12}  {code.label}")
        for fault in result.faults:
            self.stdout.write(
                f"  ligne {fault['line']}, {fault['column']} : « {fault['found']} », attendu : {fault['expected']}"
            )
        hidden = result.counts["faulty"] - len(result.faults)
        if hidden > 0:
            self.stdout.write(f"  … et {number(hidden)} autres")
