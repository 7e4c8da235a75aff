"""Import of a Sirene file: preview with counts and faults, then all or nothing."""

import io
from collections.abc import Iterable
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.enums import ImportCount
from actors.models import HeadcountBand, NafCode, NafDivision, SireneImport
from actors.models.imports import ImportState
from actors.services import staging
from actors.sirene.establishments import Place, Reading
from actors.sirene.names import NamesReading
from actors.sirene.reader import UnreadableFile
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.formats import count
from operations.audit import record
from operations.models import StoredFile
from operations.storage import store_bytes
from territories.models import Demarche

MAX_UNPACKED = 600 * 1024 * 1024


def _reading(demarche, stream: BinaryIO, naf_divisions: Iterable[str], max_unpacked: int | None) -> Reading:
    places = {
        code: Place(name, latitude, longitude)
        for code, name, latitude, longitude in demarche.communes.values_list("code", "name", "latitude", "longitude")
    }
    if not places:
        raise BusinessError(
            _("Le périmètre de la démarche est vide : choisissez d’abord ses communes."), code="no_perimeter", field="file"
        )
    try:
        return Reading(
            stream,
            communes=places,
            divisions=naf_divisions,
            naf_codes=set(NafCode.objects.values_list("code", flat=True)),
            bands=set(HeadcountBand.objects.values_list("code", flat=True)),
            max_unpacked=max_unpacked,
        )
    except UnreadableFile as error:
        raise BusinessError(error.message, code="unreadable_file", field="file") from error


def _stage(reading: Reading, demarche, names_stream: BinaryIO | None, max_unpacked: int | None) -> dict[str, int]:
    """Copies the file aside and compares it with what is known; returns every count."""
    with connection.cursor() as cursor:
        staging.copy_sites(cursor, reading.sites())
        if names_stream is not None:
            try:
                names = NamesReading(names_stream, wanted=staging.wanted_sirens(cursor), max_unpacked=max_unpacked)
            except UnreadableFile as error:
                raise BusinessError(error.message, code="unreadable_file", field="names_file") from error
            staging.copy_units(cursor, names.units())
        counts = dict(reading.counts) | staging.compare(cursor, demarche.pk)
    counts["unchanged"] = counts.get("kept", 0) - counts["new"] - counts["changed"]
    return {code: counts.get(code, 0) for code in ImportCount.values}


def _describe(reading: Reading, counts: dict[str, int]) -> dict:
    """What a SireneImport keeps of a reading."""
    return {
        "encoding": reading.table.encoding,
        "separator": reading.table.separator,
        "compression": reading.table.compression,
        "counts": counts,
        "faults": [fault.as_dict() for fault in reading.faults],
    }


def _known_divisions(codes: Iterable[str]) -> list[str]:
    asked = {str(code).strip() for code in codes if str(code).strip()}
    found = set(NafDivision.objects.filter(code__in=asked).values_list("code", flat=True))
    if unknown := sorted(asked - found):
        message = _("Division NAF inconnue : %(codes)s. Une division a deux chiffres, comme 10.")
        raise BusinessError(message % {"codes": ", ".join(unknown)}, code="unknown_division", field="naf_divisions")
    return sorted(found)


@transaction.atomic
def preview_sirene_import(*, demarche, actor, file, names_file=None, naf_divisions: Iterable[str] = ()) -> SireneImport:
    """Reads an uploaded file and says what it would change; nothing of the directory changes.

    `file` and `names_file` have `name` and `read()`. The choice of divisions is remembered by the démarche, and an earlier
    preview that was never confirmed is abandoned with its file. Raises BusinessError when the file cannot be read.
    """
    divisions = _known_divisions(naf_divisions)
    data = file.read()
    names_data = names_file.read() if names_file else None
    for field, content in (("file", data), ("names_file", names_data)):
        if content is not None and len(content) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
            message = _("Ce fichier dépasse %(limit)s Mo : passez par la commande import_sirene.") % {"limit": limit}
            raise BusinessError(message, code="too_large", field=field)
    reading = _reading(demarche, io.BytesIO(data), divisions, MAX_UNPACKED)
    counts = _stage(reading, demarche, io.BytesIO(names_data) if names_data else None, MAX_UNPACKED)
    _abandon_previews(demarche)
    Demarche.objects.filter(pk=demarche.pk).update(naf_divisions=divisions)
    preview = SireneImport.objects.create(
        demarche=demarche,
        author=actor,
        file=store_bytes(name=file.name, data=data, demarche=demarche, created_by=actor),
        names_file=store_bytes(name=names_file.name, data=names_data, demarche=demarche, created_by=actor)
        if names_data
        else None,
        file_name=file.name[:255],
        naf_divisions=divisions,
        **_describe(reading, counts),
    )
    record(
        verb="sirene_import.previewed",
        summary=_("Fichier Sirene « %(name)s » lu : %(lines)s")
        % {"name": preview.file_name, "lines": count(counts["read"], _("ligne"))},
        actor=actor,
        demarche=demarche,
        target=preview,
        data={"counts": counts},
    )
    return preview


def _abandon_previews(demarche) -> None:
    """A preview nobody confirmed keeps its counts, not its file."""
    old = SireneImport.objects.filter(demarche=demarche, state=ImportState.PREVIEWED)
    files = [key for keys in old.values_list("file_id", "names_file_id") for key in keys if key]
    old.update(state=ImportState.ABANDONED, file=None, names_file=None)
    StoredFile.objects.filter(pk__in=files).delete()


@transaction.atomic
def confirm_sirene_import(*, sirene_import: SireneImport, actor) -> SireneImport:
    """Writes a previewed import, whole or not at all; a second call changes nothing and returns the same import.

    The file is read again, against the directory of now. Raises BusinessError when it holds faulty lines.
    """
    demarche = Demarche.objects.select_for_update().get(pk=sirene_import.demarche_id)
    preview = SireneImport.objects.select_for_update().get(pk=sirene_import.pk)
    if preview.state == ImportState.IMPORTED:
        return preview
    if preview.state == ImportState.ABANDONED or preview.file is None:
        raise BusinessError(_("Un autre fichier a été lu depuis : reprenez le dernier aperçu."), code="abandoned")
    names = io.BytesIO(bytes(preview.names_file.content)) if preview.names_file else None
    reading = _reading(demarche, io.BytesIO(bytes(preview.file.content)), preview.naf_divisions, MAX_UNPACKED)
    counts = _stage(reading, demarche, names, MAX_UNPACKED)
    return _write(preview, reading, counts, actor)


@transaction.atomic
def import_sirene_stream(
    *,
    demarche,
    actor,
    stream: BinaryIO,
    file_name: str,
    names_stream: BinaryIO | None = None,
    naf_divisions: Iterable[str] = (),
    dry_run: bool = False,
) -> SireneImport:
    """Imports a file of any size as it is read, for the command; the file itself is not kept.

    With `dry_run`, or when lines are faulty, nothing is written: the unsaved import carries the counts and the faults.
    """
    divisions = _known_divisions(naf_divisions)
    demarche = Demarche.objects.select_for_update().get(pk=demarche.pk)
    reading = _reading(demarche, stream, divisions, None)
    counts = _stage(reading, demarche, names_stream, None)
    result = SireneImport(
        demarche=demarche, author=actor, file_name=file_name[:255], naf_divisions=divisions, **_describe(reading, counts)
    )
    if dry_run or counts["faulty"]:
        return result
    Demarche.objects.filter(pk=demarche.pk).update(naf_divisions=divisions)
    return _write(result, reading, counts, actor)


def _write(sirene_import: SireneImport, reading: Reading, counts: dict[str, int], actor) -> SireneImport:
    if counts["faulty"]:
        message = _("Rien n’est importé : %(lines)s à corriger dans le fichier, puis à relire.")
        lines = count(counts["faulty"], _("ligne est"), _("lignes sont"))
        raise BusinessError(message % {"lines": lines}, code="faulty_lines")
    with connection.cursor() as cursor:
        staging.merge(
            cursor,
            demarche_id=sirene_import.demarche_id,
            note=sirene_import.file_name[:400],
            today=timezone.localdate(),
        )
    for name, value in _describe(reading, counts).items():
        setattr(sirene_import, name, value)
    sirene_import.state = ImportState.IMPORTED
    sirene_import.imported_at = timezone.now()
    sirene_import.save()
    record(
        verb="sirene_import.imported",
        summary=_("Fichier Sirene « %(name)s » importé : %(new)s, %(changed)s, %(closing)s")
        % {
            "name": sirene_import.file_name,
            "new": count(counts["new"], _("nouveau"), _("nouveaux")),
            "changed": count(counts["changed"], _("modifié")),
            "closing": count(counts["closing"], _("fermé")),
        },
        actor=actor,
        demarche=sirene_import.demarche,
        target=sirene_import,
        data={"counts": counts},
    )
    return sirene_import
