"""Every message Django sends passes by the outbox: written with the change that decided it, sent afterwards."""

import uuid

from django.core.mail.backends.base import BaseEmailBackend

from operations.models import OutboxMessage


class OutboxBackend(BaseEmailBackend):
    """Django's mail backend that writes messages to the outbox, one row per recipient."""

    def send_messages(self, email_messages) -> int:
        rows = [
            OutboxMessage(
                key=f"mail:{uuid.uuid4()}",
                recipient=recipient,
                sender=message.from_email or "",
                reply_to=", ".join(message.reply_to or []),
                subject=message.subject,
                body=message.body,
                body_html=next((str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"), ""),
                headers=dict(message.extra_headers or {}),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        OutboxMessage.objects.bulk_create(rows)
        return len(rows)
