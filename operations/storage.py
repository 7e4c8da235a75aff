"""Django's storage interface over StoredFile: the bytes live in PostgreSQL, one backup holds everything."""

import hashlib
import mimetypes

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from operations.models import StoredFile


@deconstructible
class DatabaseStorage(Storage):
    """Names are UUIDs; a file is never overwritten. No public address: pages serve files after permission."""

    def _open(self, name, mode="rb"):
        return ContentFile(bytes(StoredFile.objects.get(uuid=name).content), name=name)

    def _save(self, name, content):
        content.seek(0)
        return str(store_bytes(name=name, data=content.read()).uuid)

    def get_available_name(self, name, max_length=None):
        return name

    def exists(self, name) -> bool:
        return False

    def delete(self, name):
        StoredFile.objects.filter(uuid=name).delete()

    def size(self, name) -> int:
        return StoredFile.objects.values_list("size", flat=True).get(uuid=name)

    def url(self, name):
        raise ValueError("Un fichier n’a pas d’adresse publique : il se sert après contrôle des droits.")


def store_bytes(*, name: str, data: bytes, content_type: str = "", demarche=None, created_by=None) -> StoredFile:
    """Keeps `data` (bytes) under its name, with its SHA-256."""
    return StoredFile.objects.create(
        demarche=demarche,
        name=name[:255],
        content_type=content_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        created_by=created_by,
    )
