"""Numbers that people say aloud, one series per démarche, without gaps."""

from django.db import transaction

from operations.models import Sequence


@transaction.atomic
def next_number(demarche, name: str) -> int:
    """The next number of the series `name` of the démarche; rolled back with the transaction that asked."""
    return next_numbers(demarche, name, 1)[0]


@transaction.atomic
def next_numbers(demarche, name: str, count: int) -> range:
    """`count` consecutive numbers, under one row lock."""
    Sequence.objects.get_or_create(demarche=demarche, name=name)
    row = Sequence.objects.select_for_update().get(demarche=demarche, name=name)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return range(first, first + count)
