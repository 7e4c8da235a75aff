"""The demonstration's mailbox: its messages are read by whoever runs it, since it sends none. Absent elsewhere."""

from django.conf import settings
from django.http import Http404

from operations.models import OutboxMessage


def messages(recipient: str = ""):
    """Every message of the demonstration, newest first. Raises Http404 where there is no such mailbox."""
    if not settings.DEMO_MAILBOX:
        raise Http404("Pas de boîte aux lettres de démonstration ici")
    found = OutboxMessage.objects.all()
    return found.filter(recipient__iexact=recipient) if recipient else found


def recipients() -> list[str]:
    """The addresses that were written to, in alphabetical order."""
    return list(messages().order_by("recipient").values_list("recipient", flat=True).distinct())
