"""Scoping: every tenant-scoped queryset says which rows a person may see."""

import uuid

from django.db import models

_membership_lookup = None


def register_membership_lookup(lookup) -> None:
    """Told once by `territories`: how to know the démarches where a person holds a role."""
    global _membership_lookup
    _membership_lookup = lookup


def demarche_ids_for(user, *roles: str):
    """Subquery of the démarches where `user` currently holds one of `roles` (any role when none is named)."""
    return _membership_lookup(user, roles)


class ScopedQuerySet(models.QuerySet):
    """Base of tenant-scoped querysets: `visible_to` must be given by each of them."""

    def visible_to(self, user):
        raise TypeError(f"{type(self).__name__} ne dit pas qui voit ses lignes.")

    def in_demarche(self, demarche):
        return self.filter(demarche=demarche)


class Identified(models.Model):
    """A row that people and programs name by `uuid`; the bigint key never leaves the server."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Dated(models.Model):
    """Times of creation and of last change, in UTC."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row edited by people: `version` moves at each save by a conditional UPDATE, so that no edit is lost."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def posted_version(request) -> int:
    """The version that a one-button form carries; 0, which is nobody's, when it was altered."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def save_version(instance, *, version: int, fields: list[str]) -> None:
    """Writes `fields` of `instance` only if the stored version is still `version`.

    Raises StaleVersion otherwise, with the stored row as `current`; nothing is written then.
    """
    from django.utils import timezone

    from eit_platform.common.exceptions import StaleVersion

    values = {name: getattr(instance, name) for name in fields}
    if hasattr(instance, "updated_at"):
        values["updated_at"] = timezone.now()
    manager = type(instance)._base_manager
    updated = manager.filter(pk=instance.pk, version=version).update(**values, version=version + 1)
    if not updated:
        raise StaleVersion(current=manager.filter(pk=instance.pk).first())
    instance.version = version + 1
